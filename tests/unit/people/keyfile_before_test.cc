// SPDX-License-Identifier: GPL-2.0-or-later
// A file that was exported by the first version that could: later ones read it too.
#include <gtest/gtest.h>

#include "people/keyfile.h"

#include "tests/support/folder.hh"
#include "tests/support/identities.hh"

namespace {

// Of Ann, who calls Bob "my <Bob>"; the passphrase is "Zwölf".
const char EXPORTED[] = "DIM identity 0x891E71b81412487E210882eC35642b819b3FeE15\n"
                        "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
                        "MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSsGAQQB2kcECzAcBBBoV5c4EE/q6DMJ/CJB\n"
                        "H6LgAgJAAAIBCAIBBTAdBglghkgBZQMEASoEEER912+2FBZxQPK4O2lh7xEEgZCy\n"
                        "lL/PZuFExKJqdycs/oV/kpVPBFGXeGvMh80qYvx8YsfP8RNL9BrRLZH3k1Vn9drA\n"
                        "GmU+3cJ4fgiy5kB1uBWTrsmZvPrUgGiVQsK1wUE8VQv/Z1ONS6lfCXwOmKx6xUSU\n"
                        "208QIhV/T0myyJYa33c737m8s54btClNZnCtLXq0ZEE9SAeXzilTGp0c3LiRiQY=\n"
                        "-----END ENCRYPTED PRIVATE KEY-----\n"
                        "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
                        "MIIC3TBXBgkqhkiG9w0BBQ0wSjApBgkrBgEEAdpHBAswHAQQ1MHqL2KiUWNAp8Hf\n"
                        "CNC1XgICQAACAQgCAQUwHQYJYIZIAWUDBAEqBBA+H5r7VUJMUxJiSrxvCrLIBIIC\n"
                        "gJukDwY9FcZwjkLBX59KNtQHM7Ktwb1VH6JaTiM3L+J3a7l03oMqRu+2EuJLZWKT\n"
                        "wBMoWD0CQDKR3lXz574ijTOUjmXpyyIPs1C97Tw2Hi63XjkUkU5x/E1LLS/TrgD6\n"
                        "Du7Jk7ScRGhSjjmnmJ3E7Fg1RriO0zJ1SdYdniP7MlPF/Sf/6VjSOTKiWhi7er2L\n"
                        "MnZrSb2PANyQwdg1RLef9aAX7L9ijEUy9mEUgRbRMtK4RFofX+ROFbfMlZTTDTOe\n"
                        "NKh1y9fOL6H0tkjpQlWepq6cr5SNqzYoi/4I71fVkqN/LxUMV+xajc9Be+IRokGn\n"
                        "h6L5shHTe4G2FdXoOA7HH+kLjFP5rQ630NsoK60uCwuz2mZ7UdAEbIIGPRItwyFp\n"
                        "zExiG2XGEywW0l5eLxUl4aNZ8uqQBZ56XcrkRKu0bElE+Y7aKSRLEuEnSRBuoQTU\n"
                        "zTKokTA4PA5mJDo7Lb6ODQlN2k2Z9qzSe0VGEAUWH1PzRQOMvK4fuKjjWOgZUgty\n"
                        "z9iLcSiL9SEcSM7rB5GsyS5PcjCR+0OO1f1ABcbpLbcT4/PWaaC7fbN59qsyFQOV\n"
                        "vTd3fxe/ui3tCB9OYk6cZZIv9KEsv7iLxwWBifNMDutOPC/KMMxYqTBVg3mLC7Ks\n"
                        "OkWlHHzKt/PnZ4pJkALOT1Ga0OW0L+DFr+g1UDVB96wB8EKPH2OgemY0G44D6zWi\n"
                        "6jxfrCcHGfg3h3tq8Pbo8qfhdafIDqJOAQA9NMTBTD+Sg9d2eB67u5Ig1QdBAXhP\n"
                        "PLlPZvrbzeGAZQBuRp3jCMFOuDse2eGT2uTF0uovQCJuXUKyUPWmHhXdAckTeGNb\n"
                        "YPK/nqkIO7uxwlHz3dt523s=\n"
                        "-----END ENCRYPTED PRIVATE KEY-----\n"
                        "-----BEGIN ENCRYPTED DIM PROFILE-----\n"
                        "MIIFnTBXBgkqhkiG9w0BBQ0wSjApBgkrBgEEAdpHBAswHAQQun7lKArU8L9OOFri\n"
                        "YQKKNQICQAACAQgCAQUwHQYJYIZIAWUDBAEqBBCNxuN34JGxrycsij7Tg05NBIIF\n"
                        "QJm32sLb4QjuveHoQBTZTzuoZ7g+iLuGKWzdH15F4Pr+NZ/Pz6/BRDGLpytxIWQY\n"
                        "7ivhvsjXn1UiK53BRKZicboMYxBs5LJX4OixIH/AGGLTsEbFdj+lrGvWOmX9VPA2\n"
                        "2q9xAvdbqAA1G5FNkJc2+wtE2lgqfcTI3O/yNjS6csdc6xpxkAX6v+b3ac8AOnko\n"
                        "vLy57Q/RXvri7j0+/jezYlVxMhliVrc3ABXG/C3TTzG3QF6IvJS+Hdom4Nx4N4iK\n"
                        "v7TmXI9AeaTWdsl3Q+0/BNSGF6Hj9fzqapcOV1kuGyGPuzbtoxe3Ze5S2l7vqTea\n"
                        "+pQ0FtPPdKwgephqGmerc1yYddgYDysW12AZZjavH7WsGGWIybknoslrqa1sJOmS\n"
                        "dk+az9ca5imApYm0f2CRDkoBeGK8drApXn/60NqEjcbwmjuYrmfiJASA8bXtH3Lp\n"
                        "j2h1Hbimdp6E/aN6EsYfjl/6EpkEHDVQ31WCSDI6LfHSIt8g6RflXKs6PbSUj0d/\n"
                        "WYfyHDvmtuI1O/Gp2sLKzR15h1jvaL7A3Kvt+1Ls1Ke+qoFFN7XWS2ZPPl2zV+gQ\n"
                        "OBMaxAYmXb/5jim+p2n1KkXtHr+tmp7iu6lV+l2o9TwpLZuHc4AG2GjGFKx6qNcv\n"
                        "/MQXtg8B+iFjdtySrWwCh65NcyN+tlt734331O2h7+ny8pHd2c2z2gvPEzb9Ap3N\n"
                        "+rgtuDnRO4oHEhxzyBFomPcXvkKhNQPmSFCEhGfBXbdoRMr/HzCIPgCOjVujKqUF\n"
                        "gN6cGqa5asUhyl5OAzjg6wGY56vgWiaxIfC1QI9qcZf9LOmHYVjLdlhxSsM8OlYc\n"
                        "R0OiecOq8DgqPJgYYPPWFWaIM4DqOU+CIZXuCwQr7WUbafgglIPMO79Qr8c6P+KL\n"
                        "e/1bYyv2BsI8TA5n991iER7y6BlQ5/RiKf3X9nIgLTfquyAlEHyV1RZ97QKBdk4f\n"
                        "jlyEzac50Gj/yP9hWgF5jlcMT7J+Cb4UIGU0X45/IUqK+hYeLdpuXapzJUFACZOV\n"
                        "T0/cmzUmrLWUyB+zlh8qw6F73HsFxjYLO/JVCkf0Q7IzgeSX9EZZjxs1p2tj01a9\n"
                        "gub/a12HIbRUL4ldsn4xF5phgg5q99LE19zH3A5t8b1Fltdbr5M3eccjLqrnJAsi\n"
                        "DedzkM3QlvbcSDLsqfwGYaPlkO+foxqkNJoxaJk07epUCKHPpgucAb5PvaSC+z3W\n"
                        "HupE+EOhcWQ6g72j7vJKTc1zsj+qRtHpcsc0s8HBivQqubcmbZ+D1F6/qa4R1Yw7\n"
                        "HG4h1jGJFti3a9/W1RfgnCbQn2EPDApmJk0ED9T1x4HVGGGR+RDR77i2abhamUPx\n"
                        "Aaq/Scd3rtpD2ERo57T11J92kR5M5Kow62dNAjFHe3+0ATsJG0TUgxhBmT27Wexl\n"
                        "j/hCD0DAoCraYJhZ/u4Bd+Or5JyVQgQHlbHgvb+qXhnuAvUrh6+3z883m2OgSORr\n"
                        "rDZyhOpfp4ZGev73aR5ufPxxVwoK4Ou2M6meQ6pNXRVpkYoOB43ScYoaYbRAEJxJ\n"
                        "fisABaiWGMqWJ7Orn54+CkM6mmudORoDrb2S0UEkZ7MBrFFIHZG2c53PmuNSAb/I\n"
                        "csOd6MtRQ9ce4/BvfNPD8KlyJtqvKCyL0bCa2bnUBd+AvM9LyaNBweclnByLA7Ja\n"
                        "D6HHh6eTlYpZg1ch3djXpuVj9VR8zF8J09g7Wa1TSnmhk+KFkYBfYX8Dxp1q5P7T\n"
                        "J70YK4YP8YEP6Eya6QoJpk1bWmbIXt4sQ++CAJKXpEGUdKmXr7jkEV2uYClKbMlu\n"
                        "6A==\n"
                        "-----END ENCRYPTED DIM PROFILE-----\n";

struct Waiting {
    GMainLoop *loop = g_main_loop_new(nullptr, FALSE);
    OWNED(DimKeyfile) keyfile;
    support::Error error;

    ~Waiting()
    {
        g_main_loop_unref(loop);
    }
};

void
on_read(GObject *, GAsyncResult *result, gpointer data)
{
    auto *waiting = static_cast<Waiting *>(data);

    waiting->keyfile.reset(dim_keyfile_read_finish(result, &waiting->error));
    g_main_loop_quit(waiting->loop);
}

} // namespace

TEST(KeyfileOfBefore, StillBringsWhoeverIsInIt)
{
    const std::string ann = "0x891E71b81412487E210882eC35642b819b3FeE15";
    const std::string bob = "0x7fA5B0528f3e3B627C02110b1Cc0F3797AeC8C31";
    support::Folder folder;
    support::Error error;
    std::string listed;
    Waiting waiting;

    dim_keyfile_read_async(EXPORTED, "Zwölf", nullptr, on_read, &waiting);
    g_main_loop_run(waiting.loop);
    ASSERT_NE(waiting.keyfile, nullptr) << waiting.error.message();
    OWNED(DimStore)
    store(dim_keyfile_keep(waiting.keyfile.get(), folder.path().c_str(), &error));
    ASSERT_NE(store, nullptr) << error.message();
    OWNED(DimUser) user(dim_user_load(store.get(), &error));
    ASSERT_NE(user, nullptr) << error.message();
    EXPECT_EQ(dim_id_text(dim_user_id(user.get())), ann);
    EXPECT_STREQ(dim_document_name(dim_user_visa(user.get())), "Ann");
    OWNED(DimContacts) contacts(dim_contacts_new(store.get()));
    ASSERT_TRUE(dim_contacts_each(
        contacts.get(),
        [](const DimContact *contact, gpointer data) {
            *static_cast<std::string *>(data) +=
                std::string(contact->id) + "|" + contact->alias + "|" + contact->name + "|";
        },
        &listed, &error));
    EXPECT_EQ(listed, bob + "|my <Bob>|Bob|");
}
