import type { Instance, InstanceState } from '@vastrox/shared/process.ts'
import { CrashBox } from '#features/processes/crash-box.tsx'
import { sayBytes } from '#lib/bytes.ts'
import { t } from '#lib/words.ts'
import { Ago } from '#ui/ago.tsx'
import { StateDot } from '#ui/state.tsx'
import { TONE_TEXT, type Tone } from '#ui/tone.ts'

const STATE: Record<InstanceState, { label: string; tone: Tone }> = {
  starting: { label: t('Starting'), tone: 'busy' },
  running: { label: t('Running'), tone: 'good' },
  draining: { label: t('Finishing requests'), tone: 'busy' },
  crashed: { label: t('Crashed'), tone: 'bad' },
  'crash-looping': { label: t('Crash-looping'), tone: 'bad' },
  stopped: { label: t('Stopped'), tone: 'idle' },
  asleep: { label: t('Asleep'), tone: 'idle' },
}

interface Props {
  instances: readonly Instance[]
  /** The essentials only, for a narrow card. */
  compact?: boolean
}

export function InstanceList({ instances, compact = false }: Props) {
  return (
    <ul>
      {instances.map((instance) => {
        const { label, tone } = STATE[instance.state]
        return (
          <li
            key={instance.id}
            className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-line px-4 py-3 last:border-0 sm:px-5"
          >
            <span className="flex min-w-0 items-center gap-2.5">
              <StateDot tone={tone} />
              <span className="font-mono text-sm font-medium">
                {instance.process}.{instance.ordinal}
              </span>
              <span className={`text-sm ${TONE_TEXT[tone]}`}>{label}</span>
            </span>
            <dl className="tabular ml-auto flex flex-wrap justify-end gap-x-4 text-sm text-muted">
              {instance.exitCode !== null && instance.state === 'crashed' && (
                <Figure
                  name="Exit code"
                  text={t('exit {exitCode}', { exitCode: instance.exitCode })}
                />
              )}
              {instance.memoryBytes !== null && (
                <Figure name="Memory" text={sayBytes(instance.memoryBytes)} />
              )}
              {instance.cpuPercent !== null && (
                <Figure name="CPU" text={`${instance.cpuPercent.toFixed(1)} % CPU`} />
              )}
              {!compact && (
                <>
                  {instance.restarts > 0 && (
                    <Figure
                      name="Restarts"
                      text={t('{restarts} restarts', { restarts: instance.restarts })}
                    />
                  )}
                  <Figure
                    name="Address"
                    text={
                      instance.port === null
                        ? instance.address
                        : `${instance.address}:${instance.port}`
                    }
                  />
                  <Figure name="Release" text={`v${instance.release}`} />
                  {instance.startedAt !== null && (
                    <div>
                      <dt className="sr-only">{t('Started')}</dt>
                      <dd>
                        <Ago at={instance.startedAt} />
                      </dd>
                    </div>
                  )}
                </>
              )}
            </dl>
            {!compact && <CrashBox instance={instance} />}
          </li>
        )
      })}
    </ul>
  )
}

const Figure = ({ name, text }: { name: string; text: string }) => (
  <div>
    <dt className="sr-only">{name}</dt>
    <dd className="whitespace-nowrap">{text}</dd>
  </div>
)
