import { Fragment } from 'react'
import type { Piece } from './model/marked.ts'

/** A text whose found pieces are marked. Pieces never move, so their place is their key. */
export const MarkedText = ({ pieces }: { pieces: readonly Piece[] }) =>
  pieces.map(({ text, isHit }, index) =>
    isHit ? (
      <mark key={index} className="rounded-[2px] bg-accent-wash font-semibold text-inherit">
        {text}
      </mark>
    ) : (
      <Fragment key={index}>{text}</Fragment>
    ),
  )
