// SPDX-License-Identifier: GPL-2.0-or-later
// The sockets that wait for callers: a free port, an address that is taken, and who comes in.
#include "station/door.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

#include "tests/support/autoptr.hh"

namespace {

struct Listener {
    support::Error error;
    DimListener *it;

    explicit Listener(const char *host, guint16 port = 0)
        : it(dim_listener_new(host, port, &error))
    {
    }
    Listener(const Listener &) = delete;
    Listener &operator=(const Listener &) = delete;
    ~Listener()
    {
        if (it != nullptr)
            dim_listener_free(it);
    }
};

int
call(guint16 port)
{
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};

    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(fd, reinterpret_cast<sockaddr *>(&address), sizeof address) == 0)
        return fd;
    close(fd);
    return -1;
}

struct Caught {
    int fd;
    std::string host;
    guint16 port;
};

void
catch_one(int fd, const char *host, guint16 port, gpointer data)
{
    static_cast<std::vector<Caught> *>(data)->push_back({ fd, host, port });
}

TEST(Door, ListensOnAPortThatIsFree)
{
    Listener one("127.0.0.1"), other("127.0.0.1");

    ASSERT_NE(one.it, nullptr) << one.error.message();
    ASSERT_NE(other.it, nullptr) << other.error.message();
    EXPECT_NE(dim_listener_port(one.it), 0);
    EXPECT_NE(dim_listener_port(one.it), dim_listener_port(other.it));
    EXPECT_GE(dim_listener_fd(one.it, 0), 0);
    EXPECT_EQ(dim_listener_fd(one.it, 1), -1);
    EXPECT_NE(fcntl(dim_listener_fd(one.it, 0), F_GETFD) & FD_CLOEXEC, 0);
    EXPECT_NE(fcntl(dim_listener_fd(one.it, 0), F_GETFL) & O_NONBLOCK, 0);
}

TEST(Door, SaysWhatIsWrongWithAnAddress)
{
    Listener one("127.0.0.1");
    ASSERT_NE(one.it, nullptr);
    Listener taken("127.0.0.1", dim_listener_port(one.it));
    Listener foreign("192.0.2.1", 9394); // of no machine
    Listener none("no such host.invalid", 9394);

    for (const Listener *bad : { &taken, &foreign, &none }) {
        EXPECT_EQ(bad->it, nullptr);
        ASSERT_TRUE(bad->error.get());
        EXPECT_EQ(bad->error.get()->domain, static_cast<GQuark>(G_IO_ERROR));
        EXPECT_STRNE(bad->error.get()->message, "");
    }
}

TEST(Door, TakesInWhoWaits)
{
    Listener one("127.0.0.1");
    std::vector<Caught> caught;
    std::vector<int> callers;

    ASSERT_NE(one.it, nullptr);
    dim_listener_accept(one.it, catch_one, &caught);
    EXPECT_TRUE(caught.empty()) << "nobody waits, and it does not block";
    for (int i = 0; i < 3; i++)
        callers.push_back(call(dim_listener_port(one.it)));
    dim_listener_accept(one.it, catch_one, &caught);
    ASSERT_EQ(caught.size(), 3u);
    for (const Caught &each : caught) {
        EXPECT_EQ(each.host, "127.0.0.1");
        EXPECT_NE(each.port, 0);
        EXPECT_NE(fcntl(each.fd, F_GETFL) & O_NONBLOCK, 0);
        EXPECT_NE(fcntl(each.fd, F_GETFD) & FD_CLOEXEC, 0);
        close(each.fd);
    }
    for (int fd : callers) {
        EXPECT_GE(fd, 0);
        close(fd);
    }
}

TEST(Door, IsClosedWithItsOwner)
{
    guint16 port = 0;
    {
        Listener one("127.0.0.1");

        ASSERT_NE(one.it, nullptr);
        port = dim_listener_port(one.it);
    }
    EXPECT_EQ(call(port), -1);
}

} // namespace
