import { useSuspenseQuery } from '@tanstack/react-query'
import type { Process } from '@vastrox/shared/process.ts'
import { CirclePlay, CircleStop, Cpu, RotateCw } from 'lucide-react'
import { useState } from 'react'
import { useAppVerb } from '#features/app/queries.ts'
import { StopDialog } from '#features/app/stop-dialog.tsx'
import { useAppName } from '#features/app/use-app-name.ts'
import { appQuery } from '#features/apps/queries.ts'
import { InstanceList } from '#features/processes/instance-list.tsx'
import { LimitsEditor } from '#features/processes/limits-editor.tsx'
import { processesQuery, useScale } from '#features/processes/queries.ts'
import { useMay } from '#features/session/queries.ts'
import type { Load } from '#lib/load.ts'
import { useTitle } from '#lib/use-title.ts'
import { rich, t } from '#lib/words.ts'
import { Button, ButtonLink } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { Stepper } from '#ui/stepper.tsx'
import { toast } from '#ui/toast.tsx'

const MOST_INSTANCES = 100

export const load: Load = ({ read, params: { name } }) => read(processesQuery(name))

export function ProcessesTab() {
  const name = useAppName()
  const { data: processes } = useSuspenseQuery(processesQuery(name))
  useTitle(t('Processes · {name}', { name }))

  if (processes.length === 0) {
    return (
      <Card flush>
        <EmptyState
          icon={<Cpu size={20} aria-hidden />}
          title={t('No processes yet')}
          actions={
            <ButtonLink to="/apps/$name/push" params={{ name }} variant="primary">
              {t('Show the commands')}
            </ButtonLink>
          }
        >
          {rich(
            t(
              'A release brings its processes: {code} answers visitors; a Procfile can name others, such as {code2}, each with a scale of its own.',
            ),
            { code: <code>web</code>, code2: <code>worker: node worker.js</code> },
          )}
        </EmptyState>
      </Card>
    )
  }
  return (
    <div className="space-y-5">
      <Verbs name={name} />
      {processes.map((process) => (
        <ProcessCard key={process.name} app={name} process={process} />
      ))}
    </div>
  )
}

function Verbs({ name }: { name: string }) {
  const { data: app } = useSuspenseQuery(appQuery(name))
  const mayChange = useMay('app.change')
  const verb = useAppVerb(name)
  const [stopping, setStopping] = useState(false)
  if (!mayChange) return null

  return (
    <div className="flex flex-wrap items-center justify-between gap-3">
      <p className="text-muted">
        {t(
          'New instances take over once they answer; until then the old ones serve, and no request is dropped.',
        )}
      </p>
      <div className="flex gap-2">
        {app.state === 'stopped' ? (
          <Button
            variant="primary"
            icon={<CirclePlay size={15} aria-hidden />}
            busy={verb.isPending}
            onClick={() => verb.mutate('start')}
          >
            {t('Start')}
          </Button>
        ) : (
          <>
            <Button
              icon={<RotateCw size={15} aria-hidden />}
              busy={verb.isPending}
              onClick={() => verb.mutate('restart')}
            >
              {t('Restart')}
            </Button>
            <Button icon={<CircleStop size={15} aria-hidden />} onClick={() => setStopping(true)}>
              {t('Stop …')}
            </Button>
          </>
        )}
      </div>
      <StopDialog app={name} open={stopping} onClose={() => setStopping(false)} />
    </div>
  )
}

function ProcessCard({ app, process }: { app: string; process: Process }) {
  const mayChange = useMay('app.change')
  const scale = useScale(app)
  const [wish, setWish] = useState<number>()
  const wanted = wish ?? process.scale

  const save = () =>
    scale.mutate(
      { [process.name]: wanted },
      {
        onSuccess: () => {
          setWish(undefined)
          toast.good(t('Scaling {name} to {wanted}.', { name: process.name, wanted }))
        },
        onError: toast.error,
      },
    )

  return (
    <Card
      title={process.name}
      lead={
        process.command === null ? (
          t("The image's own command")
        ) : (
          <code className="break-all">{process.command}</code>
        )
      }
      flush
      aside={
        <div className="flex items-center gap-2">
          {wanted !== process.scale && (
            <>
              <Button size="sm" variant="quiet" onClick={() => setWish(undefined)}>
                {t('Undo')}
              </Button>
              <Button size="sm" variant="primary" busy={scale.isPending} onClick={save}>
                {t('Scale to {wanted}', { wanted })}
              </Button>
            </>
          )}
          <Stepper
            label={t('instances of {name}', { name: process.name })}
            value={wanted}
            min={0}
            max={MOST_INSTANCES}
            disabled={!mayChange}
            onChange={setWish}
          />
        </div>
      }
    >
      <LimitsEditor app={app} process={process} mayChange={mayChange} />
      {process.needsRestart && <NewLimits app={app} process={process.name} />}
      {process.instances.length === 0 ? (
        <p className="px-5 py-4 text-muted">
          {process.scale === 0 ? t('Scaled to 0: nothing runs.') : t('No instance is running.')}
        </p>
      ) : (
        <InstanceList instances={process.instances} />
      )}
    </Card>
  )
}

/** Limits that were changed are not those of what runs. */
function NewLimits({ app, process }: { app: string; process: string }) {
  const mayChange = useMay('app.change')
  const verb = useAppVerb(app)
  return (
    <div className="flex flex-wrap items-center justify-between gap-3 border-b border-line bg-warn-soft px-4 py-3 text-sm sm:px-5">
      <p>
        {t(
          'What runs of {process} has other limits: they are in force with the next deployment or restart.',
          { process },
        )}
      </p>
      {mayChange && (
        <Button size="sm" busy={verb.isPending} onClick={() => verb.mutate('restart')}>
          {t('Restart now')}
        </Button>
      )}
    </div>
  )
}
