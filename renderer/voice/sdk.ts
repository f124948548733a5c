// The part of the Voice SDK that we use, as a port: the SDK's own objects fit it, and so does a double in a test.

export interface SdkCall {
  parameters: Record<string, string>
  customParameters: Map<string, string>
  accept(): void
  reject(): void
  disconnect(): void
  mute(shouldMute: boolean): void
  sendDigits(digits: string): void
  status(): string
  on(event: string, listener: (...args: never[]) => void): unknown
  removeAllListeners(): unknown
}

export interface SdkDevice {
  readonly state: string
  readonly isBusy: boolean
  register(): Promise<void>
  connect(options: { params: Record<string, string> }): Promise<SdkCall>
  updateToken(token: string): void
  destroy(): void
  on(event: string, listener: (...args: never[]) => void): unknown
  removeAllListeners(): unknown
}

export interface SdkError {
  code: number
  message?: string
  originalError?: { code?: number }
}

export interface Sdk {
  /** `tokenRefreshMs`: how long before the token's end the Device warns. */
  createDevice(token: string, options: { tokenRefreshMs: number }): SdkDevice
  /** Lets sound begin; needs a gesture in a browser. */
  resumeAudio(): Promise<void>
}
