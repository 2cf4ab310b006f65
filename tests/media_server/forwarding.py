"""What runs through: coded frames of one sender, copied to whoever listens, never decoded.

Only what a forwarding server needs is changed in aiortc, which is made to decode and encode: its
decoders hand coded frames on, its senders pack them, a listener's wish for a whole picture goes on
to whoever sends it. That reaches into aiortc's private names; its range in `pyproject.toml` is
therefore narrow.
"""

from __future__ import annotations

import asyncio
from fractions import Fraction
from typing import cast

from aioice import ice
from aiortc import MediaStreamTrack, RTCRtpReceiver, RTCRtpSender, codecs, rtcrtpreceiver
from aiortc.codecs.base import Decoder
from aiortc.jitterbuffer import JitterFrame
from aiortc.mediastreams import MediaStreamError
from aiortc.rtcrtpparameters import RTCRtpHeaderExtensionParameters
from aiortc.rtp import RtpPacket
from av.frame import Frame
from av.packet import Packet
from av.stream import Stream

CLOCKS = {"audio": Fraction(1, 48_000), "video": Fraction(1, 90_000)}
SILENCE_DB = 127
"""Decibels below full scale, the least that RFC 6464 knows."""


class AsItCame(Decoder):
    """Hands coded frames on."""

    def decode(self, encoded_frame: JitterFrame) -> list[Frame]:
        """Returns the frame itself."""
        return [cast(Frame, encoded_frame)]


def forward_only() -> None:
    """Has aiortc forward in this process: opus and VP8, over the loopback."""
    rtcrtpreceiver.get_decoder = lambda codec: AsItCame()  # type: ignore[attr-defined]
    for kind, known in codecs.CODECS.items():
        known[:] = known[: 1 if kind == "audio" else 2]  # the first video codec, and its repairs
    assert [one.name for one in codecs.CODECS["video"]] == ["VP8", "rtx"]
    # Browsers that offer a picture in several sizes offer nothing again without this one.
    size = RTCRtpHeaderExtensionParameters(
        id=4, uri="urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
    )
    codecs.HEADER_EXTENSIONS["video"].append(size)
    ice.get_host_addresses = lambda use_ipv4, use_ipv6: ["127.0.0.1"]


class Copy(MediaStreamTrack):
    """What one listener gets of a track; while nobody looks (`paused`), nothing."""

    def __init__(self, kind: str, source: Source) -> None:
        super().__init__()
        self.kind = kind
        self.paused = False
        self._source = source
        self._queue: asyncio.Queue[JitterFrame | None] = asyncio.Queue()

    def put(self, frame: JitterFrame | None) -> None:
        """Takes the next frame; None ends it."""
        if frame is None or not self.paused:
            self._queue.put_nowait(frame)

    def goes_by(self, sender: RTCRtpSender) -> None:
        """Has the listener's wishes for a whole picture go to whoever sends it."""
        sender._send_keyframe = self._source.ask_for_whole  # type: ignore[method-assign]
        self._source.ask_for_whole()

    async def recv(self) -> Packet[Stream]:
        """Returns the next frame, coded."""
        frame = await self._queue.get()
        if frame is None:
            self.stop()
            raise MediaStreamError
        packet: Packet[Stream] = Packet(frame.data)
        packet.pts = frame.timestamp
        packet.time_base = CLOCKS[self.kind]
        return packet


class Source:
    """A track that comes in."""

    def __init__(self, receiver: RTCRtpReceiver) -> None:
        self.kind = receiver.track.kind
        self.level = 0.0
        """How loud it was last, from 0 to 1."""
        self._receiver = receiver
        self._copies: set[Copy] = set()
        self._asking: set[asyncio.Task[None]] = set()
        self._listen()
        self._reading = asyncio.create_task(self._read())

    def copy(self) -> Copy:
        """Returns a copy for one more listener."""
        one = Copy(self.kind, self)
        self._copies.add(one)
        return one

    def end(self, copy: Copy) -> None:
        """Ends a copy."""
        self._copies.discard(copy)
        copy.put(None)

    async def stop(self) -> None:
        """Ends it for everybody."""
        for copy in set(self._copies):
            self.end(copy)
        self._reading.cancel()
        await self._receiver.stop()

    def ask_for_whole(self) -> None:
        """Asks the sender for a picture that needs none before it."""
        if self.kind == "video":
            task = asyncio.create_task(self._ask())
            self._asking.add(task)
            task.add_done_callback(self._asking.discard)

    async def _ask(self) -> None:
        for one in self._receiver.getSynchronizationSources():
            await self._receiver._send_rtcp_pli(one.source)

    async def _read(self) -> None:
        while True:
            try:
                frame = cast(JitterFrame, await self._receiver.track.recv())
            except MediaStreamError:
                return
            for copy in self._copies:
                copy.put(frame)

    def _listen(self) -> None:
        """Keeps how loud each packet says it is (RFC 6464)."""
        handle = self._receiver._handle_rtp_packet

        async def hear(packet: RtpPacket, arrival_time_ms: int) -> None:
            if packet.extensions.audio_level is not None:
                below = abs(packet.extensions.audio_level[1])
                self.level = 0.0 if below >= SILENCE_DB else 10 ** (-below / 20)
            await handle(packet, arrival_time_ms)

        self._receiver._handle_rtp_packet = hear  # type: ignore[method-assign]
