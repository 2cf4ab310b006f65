"""The peer connections between one page and this server.

Today's clients have one, for which they alone make offers: what they are to receive needs free
sections in their offer, which the server asks for (`Call`). Clients of older servers have two, one
for each direction; for what they receive, the server makes the offers (`Downward`).

Invariants: a section of an offer carries one track for good, so a track that comes back has a new
one; whatever was opened is closed with the call.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable

from aiortc import RTCBundlePolicy, RTCConfiguration, RTCPeerConnection, RTCRtpTransceiver
from aiortc.rtcsessiondescription import RTCSessionDescription
from aiortc.rtp import RtpPacket
from aiortc.sdp import MediaDescription, SessionDescription, candidate_from_sdp
from msgspec import Struct

from tests.media_server.forwarding import Copy, Source

SENDS = ("sendonly", "sendrecv")


class Heard(Struct, frozen=True, eq=False):
    """A track that somebody is to receive: whose stream it belongs to, and its id."""

    copy: Copy
    stream: str
    track: str


def _connection() -> RTCPeerConnection:
    # Without a list aiortc asks a public server for its own address.
    return RTCPeerConnection(
        RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
    )


async def _add_candidate(connection: RTCPeerConnection, init: str) -> None:
    said = json.loads(init)
    line = str(said.get("candidate") or "").removeprefix("candidate:")
    if not line or ".local" in line:
        return  # the last one; or a name for whose address the network would have to be asked
    candidate = candidate_from_sdp(line)
    candidate.sdpMid = said.get("sdpMid")
    candidate.sdpMLineIndex = said.get("sdpMLineIndex")
    await connection.addIceCandidate(candidate)


class Call:
    """A connection for which the page makes the offers.

    `found(cid, source)` is called for a track that begins to come in, `gone(cid)` for one that
    ended; `wants(audios, videos)`, when the page is to offer anew with so many more sections.
    """

    def __init__(
        self,
        found: Callable[[str, Source], None],
        gone: Callable[[str], None],
        wants: Callable[[int, int], None],
    ) -> None:
        self._connection = _connection()
        self._found = found
        self._gone = gone
        self._wants = wants
        self._sources: dict[str, tuple[str, Source]] = {}
        self._sections: dict[str, Heard] = {}
        self._waiting: deque[Heard] = deque()
        self._asked = 0
        self._connection.on("connectionstatechange", self._begin)

    def _begin(self) -> None:
        """Has the page offer again what was answered before the line stood, as aiortc needs it."""
        if self._connection.connectionState == "connected" and self._sections:
            self._wants(0, 0)

    async def offered(self, sdp: str) -> tuple[str, dict[str, str]]:
        """Answers an offer; returns the answer, and by section the track that comes there."""
        description = SessionDescription.parse(sdp)
        await self._connection.setRemoteDescription(RTCSessionDescription(sdp, "offer"))
        self._route_by_section()
        await self._lose(description.media)
        self._give(description.media)
        await self._connection.setLocalDescription(await self._connection.createAnswer())
        for mid, heard in self._sections.items():
            heard.copy.goes_by(self._transceiver(mid).sender)
        self._find(description.media)
        self._asked = 0
        self._ask_for_sections()
        tracks = {mid: heard.track for mid, heard in self._sections.items()}
        return self._connection.localDescription.sdp, tracks

    async def candidate(self, init: str) -> None:
        """Takes a way to the page (an `RTCIceCandidateInit` as JSON)."""
        await _add_candidate(self._connection, init)

    async def hear(self, heard: Heard) -> None:
        """Has the page receive a track."""
        self._waiting.append(heard)
        self._ask_for_sections()

    async def unhear(self, track: str) -> None:
        """Has the page receive a track no more."""
        self._waiting = deque(heard for heard in self._waiting if heard.track != track)
        for mid, heard in self._sections.items():
            if heard.track == track:
                self._transceiver(mid).direction = "inactive"
                del self._sections[mid]
                self._wants(0, 0)
                return

    async def close(self) -> None:
        """Ends everything."""
        for _, source in self._sources.values():
            await source.stop()
        self._sources.clear()
        await self._connection.close()

    def _transceiver(self, mid: str) -> RTCRtpTransceiver:
        return next(one for one in self._connection.getTransceivers() if one.mid == mid)

    async def _lose(self, media: list[MediaDescription]) -> None:
        """Ends the tracks that the page sends no more."""
        for section in media:
            if section.rtp.muxId in self._sources and section.direction not in SENDS:
                cid, source = self._sources.pop(section.rtp.muxId)
                await source.stop()
                self._gone(cid)

    def _find(self, media: list[MediaDescription]) -> None:
        """Takes the tracks that the page sends now."""
        for section in media:
            mid = section.rtp.muxId
            if section.direction in SENDS and section.msid and mid not in self._sources:
                cid = section.msid.split()[-1]
                source = Source(self._transceiver(mid).receiver)
                self._sources[mid] = (cid, source)
                self._found(cid, source)

    def _give(self, media: list[MediaDescription]) -> None:
        """Gives sections that were never used to tracks that wait for one."""
        for section in media:
            transceiver = next(
                (one for one in self._connection.getTransceivers() if one.mid == section.rtp.muxId),
                None,
            )
            if transceiver is None or section.direction != "recvonly":
                continue
            if section.rtp.muxId in self._sections or transceiver.direction == "inactive":
                continue
            heard = next((one for one in self._waiting if one.copy.kind == section.kind), None)
            if heard is None:
                continue
            self._waiting.remove(heard)
            _send(transceiver, heard)
            self._sections[section.rtp.muxId] = heard

    def _ask_for_sections(self) -> None:
        """Has the page offer anew, once for as many as wait."""
        if len(self._waiting) > self._asked:
            missing = [heard.copy.kind for heard in self._waiting][self._asked :]
            self._asked = len(self._waiting)
            self._wants(missing.count("audio"), missing.count("video"))

    def _route_by_section(self) -> None:
        """Has packets find their receiver by section (RFC 8843), as browsers that offer several
        sizes of a picture name no sender's number in their offers."""
        for transceiver in self._connection.getTransceivers():
            router = transceiver.receiver.transport._rtp_router
            if getattr(router, "by_section", False):
                continue
            router.by_section = True  # type: ignore[attr-defined]
            route = router.route_rtp

            def routed(packet: RtpPacket, router=router, route=route):  # type: ignore[no-untyped-def]
                receiver = router.mid_table.get(packet.extensions.mid)
                if receiver is not None:
                    router.ssrc_table[packet.ssrc] = receiver
                return route(packet)

            router.route_rtp = routed  # type: ignore[method-assign]


class Downward:
    """A connection for what a page receives, for which this server makes the offers.

    `offers(sdp, tracks)` is called with each: by section the track that comes there.
    """

    def __init__(self, offers: Callable[[str, dict[str, str]], None]) -> None:
        self._connection = _connection()
        self._connection.createDataChannel("_reliable")  # a call without tracks connects, too
        self._offers = offers
        self._heard: dict[str, tuple[RTCRtpTransceiver, Heard]] = {}
        self._waits = False
        self._changed = False
        self._connection.on("connectionstatechange", self._begin)

    async def hear(self, heard: Heard) -> None:
        """Has the page receive a track."""
        transceiver = self._connection.addTransceiver(heard.copy.kind, direction="sendonly")
        _send(transceiver, heard)
        self._heard[heard.track] = (transceiver, heard)
        await self.offer()

    async def unhear(self, track: str) -> None:
        """Has the page receive a track no more."""
        if track in self._heard:
            self._heard.pop(track)[0].direction = "inactive"
            await self.offer()

    async def offer(self) -> None:
        """Makes an offer, once the one before is answered."""
        if self._waits:  # set before anything is awaited: several tracks may come at once
            self._changed = True
            return
        self._waits, self._changed = True, False
        await self._connection.setLocalDescription(await self._connection.createOffer())
        tracks = {one.mid or "": heard.track for one, heard in self._heard.values()}
        self._offers(self._connection.localDescription.sdp, tracks)

    async def _begin(self) -> None:
        """Offers again what was answered before the line stood: aiortc began to send none of it."""
        if self._connection.connectionState == "connected" and self._heard:
            await self.offer()

    async def answered(self, sdp: str) -> None:
        """Takes the page's answer to the last offer."""
        await self._connection.setRemoteDescription(RTCSessionDescription(sdp, "answer"))
        for transceiver, heard in self._heard.values():
            heard.copy.goes_by(transceiver.sender)
        self._waits = False
        if self._changed:
            await self.offer()

    async def candidate(self, init: str) -> None:
        """Takes a way to the page."""
        await _add_candidate(self._connection, init)

    async def close(self) -> None:
        """Ends it."""
        await self._connection.close()


def _send(transceiver: RTCRtpTransceiver, heard: Heard) -> None:
    transceiver.sender.replaceTrack(heard.copy)
    transceiver.sender._stream_id = heard.stream
    transceiver.sender._track_id = heard.track
    transceiver.direction = "sendonly"
