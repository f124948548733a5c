/**
 * A text that Twilio can say, or null when nothing is left of it: XML knows no control characters and no half surrogates, and a document
 * with one is refused whole (12100), call and all. Blanks are joined, for a line break is none to a voice.
 */
export function sayable(text: string | null): string | null {
  const clean = (text ?? '')
    .toWellFormed()
    // oxlint-disable-next-line no-control-regex -- these are what must not be said
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
  return clean === '' ? null : clean
}
