// SPDX-License-Identifier: GPL-2.0-or-later
// A process that plays station: it takes each caller in and hands over what lay in wait for him.
#include "tests/bench/feeder.hh"

#include <csignal>
#include <functional>
#include <memory>
#include <sys/wait.h>

#include "message/commands.h"
#include "message/seal.h"

#include "tests/bench/figures.hh"
#include "tests/support/autoptr.hh"
#include "tests/support/fake_station.hh"

namespace bench {
namespace {

constexpr unsigned IN_FLIGHT = 256; // as dim-station, and twice the official one
const std::string SESSION_KEY(64, 'a');

// What the sender says to the reader, with one talk key.
class Mouth {
  public:
    Mouth(DimUser *from, DimUser *to)
        : from_(from), to_(to), talk_(dim_cipher_key_new()), keys_(g_ptr_array_new())
    {
        support::Error error;

        g_ptr_array_add(keys_.get(), dim_document_key(dim_user_visa(to)));
        wrapped_.reset(
            dim_seal_wrap(talk_.get(), dim_user_id(to), keys_.get(), nullptr, &error));
        must(wrapped_ != nullptr, error.message());
    }
    std::string
    seal(DimContent *content, bool introduced) const
    {
        support::Error error;
        OWNED(DimMessage)
        instant(dim_message_new(dim_user_id(from_), dim_user_id(to_), nullptr, content));
        OWNED(JsonObject)
        meta(introduced ? nullptr : dim_meta_to_json(dim_user_meta(from_)));
        OWNED(JsonObject)
        visa(introduced ? nullptr : dim_document_to_json(dim_user_visa(from_)));
        DimSealing how{
            dim_user_signer(from_), talk_.get(), wrapped_.get(), meta.get(), visa.get(), 0
        };
        OWNED(DimMessage) sealed(dim_seal(instant.get(), &how, &error));
        must(sealed != nullptr, error.message());
        return support::Text(dim_message_to_text(sealed.get())).get();
    }

  private:
    DimUser *from_, *to_;
    OWNED(DimCipherKey) talk_;
    OWNED(GPtrArray) keys_, wrapped_;
};

class Play {
  public:
    Play(DimUser *station, DimUser *reader, const std::vector<std::string> &waiting)
        : voice_(station, reader), waiting_(waiting)
    {
        line_.on_packet = [this](const support::Packet &packet) { hear(packet); };
    }
    void
    serve(const Visit &visit)
    {
        visit_ = &visit;
        next_ = in_flight_ = words_ = 0;
        first_ = 0;
        line_.dial.accepted(support::wrap_socket(visit.its));
        while (line_.is_connected())
            g_main_context_iteration(nullptr, TRUE);
    }

  private:
    void
    hear(const support::Packet &packet)
    {
        line_.received.clear();
        line_.read_sizes.clear();
        if (packet.type == DIM_PACKET_MESSAGE && words_ < 2)
            shake(++words_ == 1 ? DIM_HANDSHAKE_AGAIN : DIM_HANDSHAKE_SUCCESS);
        else if (packet.type == DIM_PACKET_MESSAGE_RESPONSE && first_ != 0
                 && packet.serial >= first_) {
            in_flight_--;
            hand_over();
        }
    }
    void
    shake(DimHandshakeStep step)
    {
        OWNED(DimContent) content(dim_handshake_new(step, SESSION_KEY.c_str()));

        line_.send(voice_.seal(content.get(), false));
        if (step == DIM_HANDSHAKE_SUCCESS)
            g_timeout_add(
                visit_->pause,
                [](gpointer self) -> gboolean {
                    static_cast<Play *>(self)->hand_over();
                    return G_SOURCE_REMOVE;
                },
                this);
    }
    void
    hand_over()
    {
        for (; in_flight_ < IN_FLIGHT && next_ < visit_->count; in_flight_++) {
            guint64 serial = line_.send(waiting_[next_++]);

            first_ = first_ == 0 ? serial : first_;
        }
    }

    Mouth voice_;
    const std::vector<std::string> &waiting_;
    support::FakeStation line_;
    const Visit *visit_ = nullptr;
    unsigned next_ = 0, in_flight_ = 0, words_ = 0;
    guint64 first_ = 0;
};

void
play(DimUser *station, DimUser *sender, DimUser *reader, const std::vector<Visit> &visits)
{
    std::vector<std::string> waiting;
    Mouth mouth(sender, reader);
    unsigned most = 0;

    for (const Visit &visit : visits)
        most = std::max(most, visit.count);
    for (unsigned i = 0; i < most; i++) {
        OWNED(DimContent) content(dim_content_new_text(numbered_line(i).c_str()));

        waiting.push_back(mouth.seal(content.get(), true));
    }
    Play play(station, reader, waiting);
    for (const Visit &visit : visits)
        play.serve(visit);
}

// Never returns; what goes wrong is the status of the process.
[[noreturn]] void
be_child(const std::function<void()> &work)
{
    int status = EXIT_SUCCESS;

    try {
        work();
    } catch (const std::exception &failure) {
        fprintf(stderr, "dim-bench: %s\n", failure.what());
        status = EXIT_FAILURE;
    }
    fflush(nullptr);
    _exit(status);
}

} // namespace

std::string
numbered_line(unsigned number)
{
    std::string digits = std::to_string(number);

    return std::string(100 - digits.size(), 'x') + digits;
}

void
in_child(void *answer, size_t size, const std::function<void(void *answer)> &work)
{
    int ends[2];
    int status = 0;

    must(pipe(ends) == 0, "no pipe");
    pid_t child = fork();
    must(child >= 0, "no process");
    if (child == 0) {
        be_child([&] {
            work(answer);
            must(write(ends[1], answer, size) == static_cast<ssize_t>(size), "no answer");
        });
    }
    close(ends[1]);
    ssize_t got = read(ends[0], answer, size);
    close(ends[0]);
    must(waitpid(child, &status, 0) == child && status == 0
             && got == static_cast<ssize_t>(size),
         "a process of the benchmark failed");
}

Feeder::Feeder(DimUser *station, DimUser *sender, DimUser *reader, std::vector<Visit> &visits)
{
    for (Visit &visit : visits) {
        int ends[2];

        must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0, "no sockets");
        visit.ours = ends[0];
        visit.its = ends[1];
    }
    child_ = fork();
    must(child_ >= 0, "no process");
    if (child_ == 0) {
        be_child([&] {
            for (const Visit &visit : visits)
                close(visit.ours);
            play(station, sender, reader, visits);
        });
    }
    for (const Visit &visit : visits)
        close(visit.its);
}

Feeder::~Feeder()
{
    int status = 0;

    kill(child_, SIGTERM);
    waitpid(child_, &status, 0);
}

} // namespace bench
