/** @file On the thread of the sound: what arrives goes to the page, its channels averaged, in chunks. */

declare const registerProcessor: (name: string, processor: typeof Tap) => void;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}

/** About 40 chunks a second at 48 kHz: more would only be more messages. */
const CHUNK = 1_200;

class Tap extends AudioWorkletProcessor {
  #chunk = new Float32Array(CHUNK);
  #filled = 0;

  /** @param inputs Channels of the one input, 128 samples each; none while the source gives nothing. */
  process([channels = []]: readonly (readonly Float32Array[])[]): boolean {
    const length = channels[0]?.length ?? 0;
    for (let i = 0; i < length; i++) {
      let sum = 0;
      for (const channel of channels) sum += channel[i] ?? 0;
      this.#chunk[this.#filled++] = sum / channels.length;
      if (this.#filled === CHUNK) this.#send();
    }
    return true;
  }

  #send(): void {
    this.port.postMessage(this.#chunk, [this.#chunk.buffer]);
    this.#chunk = new Float32Array(CHUNK);
    this.#filled = 0;
  }
}

registerProcessor('tap', Tap);
