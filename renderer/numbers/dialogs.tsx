import type { OwnedNumber } from '../../contract/number-desktop.ts'
import { AssignDialog } from './assign-dialog.tsx'
import { HoldDialog } from './hold-dialog.tsx'
import { RecordDialog } from './record-dialog.tsx'
import { ReleaseDialog } from './release-dialog.tsx'
import { RenameDialog } from './rename-dialog.tsx'
import { TagDialog } from './tag-dialog.tsx'

/** What a dialog is opened for. */
export interface Ask {
  kind: 'assign' | 'rename' | 'tag' | 'hold' | 'release' | 'record'
  numbers: readonly OwnedNumber[]
}
export interface AskProps {
  numbers: readonly OwnedNumber[]
  onClose: () => void
}

const dialogs = {
  assign: AssignDialog,
  rename: RenameDialog,
  tag: TagDialog,
  hold: HoldDialog,
  release: ReleaseDialog,
  record: RecordDialog,
}

/** The dialog that is asked for. */
export function AskDialog({ ask: { kind, numbers }, onClose }: { ask: Ask; onClose: () => void }) {
  const Content = dialogs[kind]
  return <Content numbers={numbers} onClose={onClose} />
}
