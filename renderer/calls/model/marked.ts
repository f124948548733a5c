/** A piece of a text; whether it is what was searched for. */
export interface Piece {
  text: string
  isHit: boolean
}

const fold = (text: string) => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase()

/** Where the digits of `word` stand in `text`, whatever is written between them; undefined when they do not. */
function digitsAt(text: string, word: string): [number, number] | undefined {
  const wanted = word.replaceAll(/\D/g, '').replace(/^0+/, '')
  if (wanted.length < 2) return undefined
  const places = [...text.matchAll(/\d/g)].map((match) => match.index)
  const at = places
    .map((place) => text[place])
    .join('')
    .indexOf(wanted)
  const from = places[at]
  const to = places[at + wanted.length - 1]
  return at < 0 || from === undefined || to === undefined ? undefined : [from, to + 1]
}

/** Folding keeps the length of what people search for; where it does not, nothing is marked rather than the wrong letters. */
function lettersAt(text: string, word: string): [number, number] | undefined {
  const folded = fold(text)
  if (folded.length !== text.length) return undefined
  const at = folded.indexOf(fold(word))
  return at < 0 ? undefined : [at, at + fold(word).length]
}

/** The text with the searched words marked: letters whatever their case and accents, digits whatever stands between. Pure. */
export function markWords(text: string, search: string): Piece[] {
  const isNumber = /^[\d\s()+./-]+$/.test(search.trim())
  const words = isNumber ? [search] : search.split(/\s+/).filter(Boolean)
  const ranges = words
    .flatMap((word) => {
      const found = /^[\d\s()+./-]+$/.test(word) ? digitsAt(text, word) : lettersAt(text, word)
      return found ? [found] : []
    })
    .toSorted((a, b) => a[0] - b[0])
  return piecesOf(text, ranges)
}

function piecesOf(text: string, ranges: readonly (readonly [number, number])[]): Piece[] {
  const pieces: Piece[] = []
  let end = 0
  for (const [from, to] of ranges) {
    if (to <= end) continue
    const begin = Math.max(from, end)
    pieces.push({ text: text.slice(end, begin), isHit: false }, { text: text.slice(begin, to), isHit: true })
    end = to
  }
  return [...pieces, { text: text.slice(end), isHit: false }].filter((piece) => piece.text !== '')
}

/** So much may stand before what was found: a row has little room, and what was found must be in sight. */
const LEAD = 20

/** The end of a text that leads to what was found, from the beginning of a word. */
const lead = (text: string) => (text.length <= LEAD + 4 ? text : `…${text.slice(-LEAD).replace(/^\S*\s/, '')}`)

/** A snippet of main, in which what was found stands between U+2068 and U+2069; cut so that it is near the beginning. Pure. */
export const snippetPieces = (snippet: string): Piece[] =>
  snippet
    .split(/(\u2068[^\u2069]*\u2069)/)
    .filter((text) => text !== '')
    .map((text) => ({ text: text.replaceAll(/[\u2068\u2069]/g, ''), isHit: text.startsWith('\u2068') }))
    .map((piece, index, all) => (index === 0 && !piece.isHit && all.length > 1 ? { ...piece, text: lead(piece.text) } : piece))
