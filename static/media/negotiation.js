/**
 * How two pages agree on one connection: offers, answers and candidates, each in its turn.
 *
 * Perfect negotiation: when both offer at once, the polite one gives way. One of it for each
 * RTCPeerConnection, which it neither makes nor closes. Invariant: nothing is thrown; what can't be used
 * is told to `failed(error)`, unless `stop` came first.
 */
import { Parts, readCandidate, readDescription } from "./letters.js";

const MOST_EARLY = 50;

export class Negotiation {
  #pc;
  #polite;
  #out;
  #adopt;
  #want;
  #failed;
  #parts = new Parts();
  #turn = Promise.resolve();
  #offering = false;
  #ignoring = false;
  #early = []; // candidates that came before their description
  #stopped = false;

  /**
   * `out`: where letters go (`Outgoing`); `adopt()`: called when their description holds;
   * `want(wanted)`: called when they say whether our picture is looked at.
   */
  constructor(pc, { polite, out, adopt, want, failed }) {
    this.#pc = pc;
    this.#polite = polite;
    this.#out = out;
    this.#adopt = adopt;
    this.#want = want;
    this.#failed = failed;
    pc.onnegotiationneeded = () => this.#offer();
    pc.onicecandidate = ({ candidate }) => {
      if (candidate) this.#out.put({ candidate: candidate.toJSON() });
    };
  }

  /** Takes the items of one of their letters, after those of all before. */
  take(items) {
    for (const item of items) {
      this.#turn = this.#turn
        .then(() => (this.#stopped ? undefined : this.#take(item)))
        .catch((error) => this.#couldNot(error));
    }
  }

  /** Writes an offer that waits for its answer once more: it got lost. */
  again() {
    if (this.#pc.signalingState === "have-local-offer") this.#describe();
  }

  /** Ends it. */
  stop() {
    this.#stopped = true;
    this.#pc.onnegotiationneeded = this.#pc.onicecandidate = null;
  }

  #couldNot(error) {
    if (!this.#stopped) this.#failed(error);
  }

  async #offer() {
    try {
      this.#offering = true;
      await this.#pc.setLocalDescription();
      if (!this.#stopped && this.#pc.localDescription.type === "offer") this.#describe();
    } catch (error) {
      this.#couldNot(error);
    } finally {
      this.#offering = false;
    }
  }

  #describe() {
    const { type, sdp } = this.#pc.localDescription;
    this.#out.put({ description: { type, sdp } }, { soon: false });
  }

  async #take(item) {
    const whole = this.#parts.take(item);
    if (whole === null) return;
    if ("description" in whole) await this.#answer(readDescription(whole.description));
    else if ("candidate" in whole) await this.#reach(readCandidate(whole.candidate));
    else if ("want" in whole) this.#want(whole.want === true);
  }

  async #answer(description) {
    const pc = this.#pc;
    const offer = description.type === "offer";
    const glare = offer && (this.#offering || pc.signalingState !== "stable");
    this.#ignoring = !this.#polite && glare;
    if (this.#ignoring) return;
    if (!offer && pc.signalingState !== "have-local-offer") return; // to an offer taken back
    await pc.setRemoteDescription(description);
    if (this.#stopped) return;
    this.#adopt();
    for (const candidate of this.#early.splice(0)) await this.#reach(candidate);
    if (!offer) return;
    await pc.setLocalDescription();
    if (!this.#stopped) this.#describe();
  }

  /** A way that can't be tried (of a description that was ignored, or nonsense) is one way less. */
  async #reach(candidate) {
    if (!this.#pc.remoteDescription) {
      this.#early = [...this.#early, candidate].slice(-MOST_EARLY);
      return;
    }
    try {
      await this.#pc.addIceCandidate(candidate);
    } catch (error) {
      if (!this.#ignoring) console.info("A candidate was of no use:", error);
    }
  }
}
