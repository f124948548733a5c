import { createStore } from 'zustand/vanilla'
import { dialable, hasMoreToDial } from '../../contract/dialable.ts'

/** `cut`: what followed the number is not part of it. `no-number`: what was typed or pasted is none. Words: phone.typed. */
export type TypedNote = 'cut' | 'no-number'

export interface DialState {
  /** Dialable characters only; how they look is the field's business. */
  digits: string
  /** The number called last: an empty field's Enter brings it back. */
  last: string
  /** What became of a text that was not dialable as it stood. */
  note: TypedNote | null
  /** The next call is to be recorded: for this one alone, since somebody has to be told. */
  isRecorded: boolean
  /** A person's edit of the field: `raw` is what stands there, `digits` what it means. */
  edit(raw: string, digits: string): void
  type(digits: string): void
  append(key: string): void
  erase(): void
  called(): void
  toggleRecord(): void
  /** A call began, to whomever. */
  placed(): void
}

/** What is in the number field. */
export function createDialStore() {
  return createStore<DialState>()((set, get) => ({
    digits: '',
    last: '',
    note: null,
    isRecorded: false,
    edit(raw, digits) {
      const before = get()
      const isLonger = digits.length > before.digits.length && digits.startsWith(before.digits)
      if (before.note === 'cut' && isLonger) return // typed one by one, they still follow the number's end
      const note = hasMoreToDial(raw) ? 'cut' : digits === '' && /[\p{L}\p{N}]/u.test(raw) ? 'no-number' : null
      set({ digits: digits.slice(0, 40), note })
    },
    type: (text) => set({ digits: dialable(text).slice(0, 40), note: null }),
    append: (key) => get().type(get().digits + key),
    erase: () => set({ digits: get().digits.slice(0, -1), note: null }),
    toggleRecord: () => set({ isRecorded: !get().isRecorded }),
    placed: () => set({ isRecorded: false }),
    called: () => set({ last: get().digits, digits: '', note: null }),
  }))
}
