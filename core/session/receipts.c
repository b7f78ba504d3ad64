/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Receipts: which message of mine one is about, and whether its sender may say so (protocol §5.12). */
#include "base/errors.h"
#include "session/flight.h"

static DimFlight *
find_serial(DimSession *session, const DimId *peer, guint64 serial)
{
    g_autoptr(GList) flights = g_hash_table_get_values(session->in_flight);

    for (GList *each = flights; each != NULL; each = each->next) {
        DimFlight *flight = each->data;

        if (flight->serial == serial && dim_id_equal(flight->peer, peer))
            return flight;
    }
    for (GList *each = session->recent.tail; each != NULL; each = each->prev) {
        DimFlight *flight = each->data;

        if (flight->serial == serial && dim_id_equal(flight->peer, peer))
            return flight;
    }
    return NULL;
}

/* By the signature; without one by the serial number, which only the receiver knows (protocol §5.12). */
static DimFlight *
find_flight(DimSession *session, const DimId *sender, const DimContent *receipt)
{
    const char *signature = dim_receipt_signature(receipt);
    guint64 serial = dim_receipt_serial(receipt);

    if (signature != NULL && strlen(signature) >= DIM_FLIGHT_TAIL)
        return g_hash_table_lookup(session->by_signature, dim_flight_tail(signature));
    return serial != 0 ? find_serial(session, sender, serial) : NULL;
}

/* Only the station speaks for the station, and only the receiver for himself (correction 2). */
void
dim_confirm_receipt(DimSession *session, const DimMessage *message, const DimContent *receipt)
{
    const char *text = dim_content_text(receipt);
    DimId *sender = dim_message_sender(message);
    DimFlight *flight = find_flight(session, sender, receipt);
    g_autoptr(GError) error = NULL;

    if (flight == NULL)
        return;
    if (dim_id_equal(sender, flight->peer)) {
        dim_flight_set_state(session, flight, DIM_DELIVERY_DELIVERED, NULL);
    } else if (session->station_id == NULL || !dim_id_equal(sender, session->station_id)) {
        g_debug("a receipt from somebody else: ignored");
        return;
    } else if (text != NULL && g_str_has_prefix(text, "Message is blocked")) {
        g_set_error_literal(&error, DIM_ERROR, DIM_ERROR_REFUSED, text);
        dim_flight_set_state(session, flight, DIM_DELIVERY_FAILED, error);
    } else {
        dim_flight_set_state(session, flight, DIM_DELIVERY_KEPT, NULL);
    }
    dim_flight_finish(session, flight);
}
