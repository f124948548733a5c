/** An audio element whose time a test moves; it says what a browser would. */
export class FakeAudio extends EventTarget {
  static all: FakeAudio[] = []
  src = ''
  preload = ''
  currentTime = 0
  duration = Number.NaN
  playbackRate = 1
  defaultPlaybackRate = 1
  preservesPitch = false
  paused = true
  readyState = 4
  error: object | null = null
  isReleased = false
  loadedSeconds = 0
  /** What the browser says to play(). */
  refusal: DOMException | null = null
  constructor() {
    super()
    FakeAudio.all.push(this)
  }
  get buffered() {
    return { length: this.loadedSeconds > 0 ? 1 : 0, end: () => this.loadedSeconds, start: () => 0 }
  }
  play() {
    if (this.refusal) return Promise.reject(this.refusal)
    this.paused = false
    this.say('play')
    this.say('playing')
    return Promise.resolve()
  }
  pause() {
    if (this.paused) return
    this.paused = true
    this.say('pause')
  }
  load() {
    this.isReleased = this.src === ''
  }
  removeAttribute(name: string) {
    if (name === 'src') this.src = ''
  }
  say(name: string) {
    this.dispatchEvent(new Event(name))
  }
  /** Sound of this length has come. */
  come(seconds: number) {
    this.duration = seconds
    this.loadedSeconds = seconds
    this.say('loadedmetadata')
    this.say('progress')
  }
  /** Plays for so long, in steps of a quarter second as `timeupdate` comes. */
  run(seconds: number) {
    for (let gone = 0; gone < seconds; gone += 0.25) {
      this.currentTime += 0.25 * this.playbackRate
      this.say('timeupdate')
    }
  }
  end() {
    this.currentTime = this.duration
    this.say('timeupdate')
    this.paused = true
    this.say('pause')
    this.say('ended')
  }
}

/** A context that remembers how loud each channel is. */
export class FakeAudioContext {
  static all: FakeAudioContext[] = []
  destination = {}
  isClosed = false
  /** Gain by channel of the source. */
  gains: { value: number }[] = []
  constructor() {
    FakeAudioContext.all.push(this)
  }
  createMediaElementSource() {
    return { connect: () => undefined }
  }
  createChannelSplitter() {
    return { connect: (node: { gain: { value: number } }, channel: number) => void (this.gains[channel] = node.gain) }
  }
  createGain() {
    return { gain: { value: 1 }, connect: () => undefined }
  }
  resume() {
    return Promise.resolve()
  }
  close() {
    this.isClosed = true
    return Promise.resolve()
  }
}
