import recordings from './en/recordings.json' with { type: 'json' }

/** The words of recordings, voicemail and their player, loaded with the first of them that is shown. Not part of `en`, which every page loads. */
export const enRecordings = { recordings }
