import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useAppName } from '#features/app/use-app-name.ts'
import { processesQuery } from '#features/processes/queries.ts'
import { useMay } from '#features/session/queries.ts'
import { TerminalCard } from '#features/terminal/terminal-card.tsx'
import { useTitle } from '#lib/use-title.ts'
import { t } from '#lib/words.ts'
import { Field } from '#ui/field.tsx'
import { Notice } from '#ui/notice.tsx'
import { Select } from '#ui/select.tsx'

/** A shell of the app, in a container of its own or where an instance runs. */
export function AppTerminalTab() {
  const name = useAppName()
  const { data: processes } = useQuery(processesQuery(name))
  const mayRun = useMay('app.run')
  const [instance, setInstance] = useState('')
  const [command, setCommand] = useState('')
  useTitle(t('Terminal · {name}', { name }))
  const running = (processes ?? []).flatMap((process) =>
    process.instances
      .filter(({ state }) => state === 'running')
      .map(({ ordinal }) => `${process.name}.${ordinal}`),
  )

  if (!mayRun)
    return (
      <Notice tone="info" title={t('You see {name}, and may not open a terminal of it', { name })}>
        {t('An owner or admin of the team can give you a role that runs commands.')}
      </Notice>
    )
  return (
    <TerminalCard
      title={t('Terminal of {name}', { name })}
      lead={t(
        'With the image, env and volumes of the live release. It ends with the page; opening it is audited.',
      )}
      path={`/apps/${name}/terminals`}
      wish={{
        instance: instance === '' ? null : instance,
        command: command.trim() === '' ? null : command,
      }}
    >
      <div className="mb-4 grid gap-4 sm:grid-cols-2">
        <Select
          label={t('Where')}
          value={instance}
          onChange={(event) => setInstance(event.target.value)}
        >
          <option value="">{t('A container of its own')}</option>
          {running.map((each) => (
            <option key={each} value={each}>
              {t('Inside {each}', { each })}
            </option>
          ))}
        </Select>
        <Field
          label={t('Command')}
          hint={t('Left empty: a shell')}
          value={command}
          onChange={(event) => setCommand(event.target.value)}
        />
      </div>
    </TerminalCard>
  )
}
