"""Scripts that make a browser lack something, or a device fail, before or while a page runs."""

from __future__ import annotations

NO_DEVICES = """{
  const none = () => Promise.reject(new DOMException("none", "NotFoundError"));
  navigator.mediaDevices.getUserMedia = none;
  navigator.mediaDevices.enumerateDevices = async () => [];
}"""
NO_CAMERA = """{
  const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = (asked) =>
    asked.video ? Promise.reject(new DOMException("none", "NotFoundError")) : real(asked);
}"""
NO_WEBRTC = "delete globalThis.RTCPeerConnection;"
WAITS_FOR_A_PRESS = """{
  const real = HTMLMediaElement.prototype.play;
  let pressed = false;
  const pressing = (event) => (pressed ||= event.target.closest(".trouble") !== null);
  addEventListener("click", pressing, true);
  HTMLMediaElement.prototype.play = function () {
    if (this.localName === "audio" && !pressed)
      return Promise.reject(new DOMException("press first", "NotAllowedError"));
    return real.call(this);
  };
}"""
SHOWS_A_DRAWING = """{
  navigator.mediaDevices.getDisplayMedia = async () => {
    const canvas = document.createElement("canvas");
    canvas.width = 640;
    canvas.height = 360;
    const brush = canvas.getContext("2d");
    let hue = 0;
    setInterval(() => {
      brush.fillStyle = `hsl(${(hue += 20)} 80% 50%)`;
      brush.fillRect(0, 0, 640, 360);
    }, 100);
    return canvas.captureStream(10);
  };
}"""
UNPLUGS_THE_MICROPHONE = """async () => {
  const base = document.querySelector("script[src*='attendee/main.js']").src;
  const { microphone } = await import(new URL("../media/devices.js", base));
  navigator.mediaDevices.getUserMedia = () =>
    Promise.reject(new DOMException("gone", "NotFoundError"));
  const { track } = microphone.value;
  track.stop();
  track.dispatchEvent(new Event("ended"));
}"""
