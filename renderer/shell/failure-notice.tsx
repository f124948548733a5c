import { failureCodes, type Failure, type FailureCode } from '../../contract/failure.ts'
import type { ReactNode } from 'react'
import { Notice } from '../ui/notice.tsx'
import { useWords } from '../words/index.ts'

const isKnown = (code: string): code is FailureCode => Object.hasOwn(failureCodes, code)

/** The sentence and remedy of a failure's code. A code of a later version is shown as something inside that went wrong. */
export function FailureNotice({ failure, children }: { failure: Pick<Failure, 'code'>; children?: ReactNode }) {
  const t = useWords()
  const code = isKnown(failure.code) ? failure.code : 'internal'
  return (
    <Notice title={t(`failures.${code}.sentence`)} text={t(`failures.${code}.remedy`)}>
      {children}
    </Notice>
  )
}
