import { X } from 'lucide-react'
import { Dialog } from 'radix-ui'
import { IconButton } from '../ui/button.tsx'
import { Kbd } from '../ui/kbd.tsx'
import { useWords } from '../words/index.ts'

const rows = [
  ['a', 'answer'],
  ['d', 'decline'],
  ['e', 'declineEverywhere'],
  ['h', 'hangUp'],
  ['m', 'mute'],
  ['k', 'keypad'],
  ['digits', 'digits'],
  ['enter', 'dial'],
  ['n', 'field'],
  ['c', 'callRow'],
  ['gp', 'phone'],
  ['gc', 'calls'],
  ['gr', 'recordings'],
  ['gn', 'numbers'],
  ['gs', 'settings'],
  ['help', 'help'],
] as const

/** Every key there is. */
export default function KeysDialog({ onClose }: { onClose: () => void }) {
  const t = useWords()
  return (
    <Dialog.Root open onOpenChange={(isOpen) => isOpen || onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-black/30" />
        <Dialog.Content className="fixed inset-x-4 top-1/2 z-50 mx-auto max-w-100 -translate-y-1/2 rounded-panel border border-line-strong bg-raised p-5 shadow-raised">
          <div className="mb-1 flex items-center justify-between">
            <Dialog.Title className="text-[16px] font-semibold">{t('shell.keys.title')}</Dialog.Title>
            <Dialog.Close asChild>
              <IconButton label={t('shell.keys.close')}>
                <X className="size-4" strokeWidth={1.75} />
              </IconButton>
            </Dialog.Close>
          </div>
          <Dialog.Description className="mb-3 text-ink-2">{t('shell.keys.anywhere')}</Dialog.Description>
          <dl className="flex flex-col gap-1.5">
            {rows.map(([key, action]) => (
              <div key={key} className="flex items-center justify-between gap-4">
                <dt>{t(`shell.keys.${action}`)}</dt>
                <dd className="flex items-center gap-1 text-ink-2">
                  <Kbd>{t(`shell.keyName.${key}`)}</Kbd>
                  <span className="sr-only">{t(`shell.keyName.${key}`)}</span>
                </dd>
              </div>
            ))}
          </dl>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
