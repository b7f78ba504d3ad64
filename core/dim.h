/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The front door of core: the headers that a front end may use. */
#pragma once

#include "base/clock.h"
#include "base/errors.h"
#include "base/sight_line.h"
#include "base/words.h"
#include "identity/document.h"
#include "identity/id.h"
#include "message/content.h"
#include "message/message.h"
#include "message/render.h"
#include "people/accounts.h"
#include "people/book.h"
#include "people/contacts.h"
#include "people/keyfile.h"
#include "people/station.h"
#include "people/user.h"
#include "session/session.h"
#include "storage/store.h"
#include "transport/dial.h"

#include "events.h"
#include "types.h"
