import { useSession, useStatus } from '../state/use.ts'
import { useNumberWords } from '../words/index.ts'
import { Facts, Section } from './section.tsx'

/** Who is signed in, where, with which device. */
export function ComputerSection() {
  const t = useNumberWords()
  const session = useSession((state) => state.session)
  const version = useStatus((state) => state.status?.version)
  const user = session?.user
  return (
    <Section id="settings-computer" title={t('settings.computer.title')}>
      <Facts
        rows={[
          [t('settings.computer.name'), user?.name],
          [t('settings.computer.role'), user && t(`settings.computer.roles.${user.role}`)],
          [t('settings.computer.workspace'), session?.workspace?.name],
          [t('settings.computer.relay'), session?.relayUrl],
          [t('settings.computer.device'), session?.deviceId],
          [t('settings.computer.version'), version],
        ]}
      />
      <p className="text-ink-2">{t('settings.computer.signOut')}</p>
    </Section>
  )
}
