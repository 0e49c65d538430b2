/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ladder: UDP and TLS, which first, and when the other (RFC 9329 section 5). UDP is what the tunnel wants:
 * nothing lost is waited for twice. But where a network lets only web traffic out nobody learns that from
 * UDP but by waiting, so that TLS begins a moment later, or at once where it was the way out of this network
 * before. Who answers first is taken. A refusal over UDP is no answer: anybody on the way can be first with
 * one, and nobody vouches for it (RFC 7296 section 2.21.1), nor for a redirection before IKE_AUTH. Then the
 * stream has the first word. Pure. */
#include "reach/ladder.h"

#include <string.h>

static const char *const names[LADDER_N_WAYS] = {
  [LADDER_NONE] = "",
  [LADDER_UDP] = "UDP",
  [LADDER_STREAM] = "TLS",
};

/* The stable name, which is also that of the link; "" for none. */
const char *
ladder_way_to_string (LadderWay way)
{
  return names[way];
}

/* LADDER_NONE for whatever is no way's name. */
LadderWay
ladder_way_from_string (const char *text)
{
  for (int way = LADDER_UDP; way < LADDER_N_WAYS; way++) {
    if (strcmp (names[way], text) == 0)
      return (LadderWay) way;
  }
  return LADDER_NONE;
}

/* last: what worked in this network the last time. may_udp: neither a proxy nor what was seen a moment ago
 * speaks against it. */
void
ladder_init (Ladder *ladder, LadderWay last, bool may_udp, int64_t now)
{
  bool at_once = last == LADDER_STREAM || !may_udp;
  *ladder = (Ladder){ .stream_at = at_once ? now : now + LADDER_STREAM_DELAY_US };
  if (!may_udp)
    ladder->rungs[LADDER_UDP] = LADDER_RUNG_FAILED;
}

static LadderStep
start (Ladder *ladder, LadderWay way)
{
  ladder->rungs[way] = LADDER_RUNG_TRYING;
  return (LadderStep){ .action = LADDER_START, .way = way };
}

static bool
is_over (LadderRung rung)
{
  return rung == LADDER_RUNG_FAILED || rung == LADDER_RUNG_DENIED;
}

/* Both have begun, and neither has been answered. What the gateway itself has denied over a stream nobody waits
 * to be denied by UDP; what a stream has failed for otherwise says nothing of that. */
static LadderStep
wait_for_both (const Ladder *ladder, int64_t now)
{
  LadderRung udp = ladder->rungs[LADDER_UDP], stream = ladder->rungs[LADDER_STREAM];
  bool is_denied = stream == LADDER_RUNG_DENIED && udp != LADDER_RUNG_TRYING;
  if (is_denied || (is_over (udp) && is_over (stream)))
    return (LadderStep){ .action = LADDER_EXHAUSTED };
  if (udp != LADDER_RUNG_SENT_ON)
    return (LadderStep){ .action = LADDER_WAIT, .until = INT64_MAX };
  if (is_over (stream) || now >= ladder->believe_at)
    return (LadderStep){ .action = LADDER_BELIEVE, .way = LADDER_UDP };
  return (LadderStep){ .action = LADDER_WAIT, .until = ladder->believe_at };
}

/* What to do now; to be asked again after each step, and when it is time. */
LadderStep
ladder_next (Ladder *ladder, int64_t now)
{
  const LadderRung *rungs = ladder->rungs;
  if (rungs[LADDER_UDP] == LADDER_RUNG_WAITING)
    return start (ladder, LADDER_UDP);
  if (rungs[LADDER_STREAM] == LADDER_RUNG_WAITING && now >= ladder->stream_at)
    return start (ladder, LADDER_STREAM);
  if (rungs[LADDER_STREAM] == LADDER_RUNG_WAITING)
    return (LadderStep){ .action = LADDER_WAIT, .until = ladder->stream_at };
  return wait_for_both (ladder, now);
}

/* True for a way that has come to nothing. */
bool
ladder_is_over (const Ladder *ladder, LadderWay way)
{
  return is_over (ladder->rungs[way]);
}

static void
climb_on (Ladder *ladder, LadderWay way, LadderRung rung, int64_t now)
{
  if (!is_over (ladder->rungs[way]))
    ladder->rungs[way] = rung;
  ladder->stream_at = now < ladder->stream_at ? now : ladder->stream_at;
}

/* A way came to nothing: nobody waits for the other one any longer. */
void
ladder_failed (Ladder *ladder, LadderWay way, int64_t now)
{
  climb_on (ladder, way, LADDER_RUNG_FAILED, now);
}

/* Somebody refuses: over the stream that is the gateway, and the end of it. UDP goes on until it is told to
 * have failed, and nobody waits for it. */
void
ladder_refused (Ladder *ladder, LadderWay way, int64_t now)
{
  climb_on (ladder, way, way == LADDER_UDP ? LADDER_RUNG_REFUSED : LADDER_RUNG_DENIED, now);
}

/* UDP has come to somebody who names another gateway: that is believed (LADDER_BELIEVE) when the stream has
 * failed, or was not heard for a while. */
void
ladder_sent_on (Ladder *ladder, LadderWay way, int64_t now)
{
  climb_on (ladder, way, LADDER_RUNG_SENT_ON, now);
  ladder->believe_at = now + LADDER_DOUBT_US;
}

/* An IKE SA that is up has lost its way (was_up), or could not be brought to it: where it is tried next.
 * What has broken off under way is made again, but UDP, which breaks by silence alone; what was not to be
 * had is left for the other. */
LadderWay
ladder_after (LadderWay way, bool was_up, bool may_udp)
{
  if (way == LADDER_UDP || was_up || !may_udp)
    return LADDER_STREAM;
  return LADDER_UDP;
}

static void
wait_longer (LadderReturn *r, int64_t now)
{
  r->pause = r->pause == 0 ? LADDER_FIRST_RETURN_US : 2 * r->pause;
  if (r->pause > LADDER_LONGEST_RETURN_US)
    r->pause = LADDER_LONGEST_RETURN_US;
  r->at = now + r->pause;
}

/* The network is another: what was seen before says nothing of it. */
void
ladder_return_anew (LadderReturn *r, int64_t now)
{
  *r = (LadderReturn){ .pause = LADDER_FIRST_RETURN_US / 2, .at = now + LADDER_NEW_NETWORK_US };
}

/* The tunnel is up over a stream: UDP is to be tried at `at`. A stream that was only made again changes
 * nothing of that. */
void
ladder_return_on_stream (LadderReturn *r, int64_t now)
{
  if (r->at == INT64_MAX || r->pause == 0)
    wait_longer (r, now);
}

/* The tunnel is up over UDP. */
void
ladder_return_on_udp (LadderReturn *r, int64_t now)
{
  if (r->at != INT64_MAX)
    r->udp_since = now;
  r->at = INT64_MAX;
}

/* UDP was tried, and nothing came back. */
void
ladder_return_failed (LadderReturn *r, int64_t now)
{
  wait_longer (r, now);
}

/* UDP, over which the tunnel was up, is lost. Where it worked for a while the pauses begin anew. */
void
ladder_return_udp_lost (LadderReturn *r, int64_t now)
{
  if (now - r->udp_since >= LADDER_LASTING_US)
    r->pause = 0;
  wait_longer (r, now);
}
