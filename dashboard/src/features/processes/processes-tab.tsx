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
import { useTitle } from '#lib/use-title.ts'
import { Button, ButtonLink } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { Stepper } from '#ui/stepper.tsx'
import { toast } from '#ui/toast.tsx'

const MOST_INSTANCES = 100

export function ProcessesTab() {
  const name = useAppName()
  const { data: processes } = useSuspenseQuery(processesQuery(name))
  useTitle(`Processes · ${name}`)

  if (processes.length === 0) {
    return (
      <Card flush>
        <EmptyState
          icon={<Cpu size={20} aria-hidden />}
          title="No processes yet"
          actions={
            <ButtonLink to="/apps/$name/push" params={{ name }} variant="primary">
              Show the commands
            </ButtonLink>
          }
        >
          A release brings its processes: <code>web</code> answers visitors; a Procfile can name
          others, such as <code>worker: node worker.js</code>, each with a scale of its own.
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
        New instances take over once they answer; until then the old ones serve, and no request is
        dropped.
      </p>
      <div className="flex gap-2">
        {app.state === 'stopped' ? (
          <Button
            variant="primary"
            icon={<CirclePlay size={15} aria-hidden />}
            busy={verb.isPending}
            onClick={() => verb.mutate('start')}
          >
            Start
          </Button>
        ) : (
          <>
            <Button
              icon={<RotateCw size={15} aria-hidden />}
              busy={verb.isPending}
              onClick={() => verb.mutate('restart')}
            >
              Restart
            </Button>
            <Button icon={<CircleStop size={15} aria-hidden />} onClick={() => setStopping(true)}>
              Stop …
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
          toast.good(`Scaling ${process.name} to ${wanted}.`)
        },
        onError: toast.error,
      },
    )

  return (
    <Card
      title={process.name}
      lead={
        process.command === null ? (
          "The image's own command"
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
                Undo
              </Button>
              <Button size="sm" variant="primary" busy={scale.isPending} onClick={save}>
                Scale to {wanted}
              </Button>
            </>
          )}
          <Stepper
            label={`instances of ${process.name}`}
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
          {process.scale === 0 ? 'Scaled to 0: nothing runs.' : 'No instance is running.'}
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
        What runs of {process} has other limits: they are in force with the next deployment or
        restart.
      </p>
      {mayChange && (
        <Button size="sm" busy={verb.isPending} onClick={() => verb.mutate('restart')}>
          Restart now
        </Button>
      )}
    </div>
  )
}
