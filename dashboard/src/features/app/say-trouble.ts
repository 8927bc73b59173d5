import type { App } from '@vastrox/shared/app.ts'
import type { Deployment } from '@vastrox/shared/deployment.ts'
import { sayEnd } from '#features/processes/say-end.ts'
import type { Process } from '@vastrox/shared/process.ts'
import { t } from '#lib/words.ts'

export interface Trouble {
  tone: 'info' | 'warn' | 'bad'
  title: string
  text: string
  showsLog: boolean
  verb?: 'start' | 'restart'
  /** The number of the deployment that tells more. */
  deployment?: number
}

/** 128 + SIGKILL: nearly always the memory limit. */
const KILLED = 137

/** What is wrong with an app, the worst first; undefined when nothing is. */
export function sayTrouble(
  { state }: Pick<App, 'state'>,
  processes: readonly Process[],
  deployments: readonly Deployment[],
): Trouble | undefined {
  if (state === 'crashed' || state === 'degraded') return sayCrash(state, processes)
  if (state === 'stopped') {
    return {
      tone: 'info',
      title: t('The app is stopped.'),
      text: t('Visitors see a page that says so.'),
      showsLog: false,
      verb: 'start',
    }
  }
  const [last] = deployments
  if (last?.state !== 'failed' && last?.state !== 'reverted') return undefined
  const reason = last.reason ?? t('see its log')
  return {
    tone: 'warn',
    title:
      last.state === 'failed'
        ? t('The last deployment failed: {reason}', { reason })
        : t('The last deployment was reverted: {reason}', { reason }),
    text: [last.hint, 'Visitors get the release before it.'].filter(Boolean).join(' '),
    showsLog: false,
    deployment: last.number,
  }
}

function sayCrash(state: 'crashed' | 'degraded', processes: readonly Process[]): Trouble {
  const crashed = processes
    .flatMap(({ instances }) => instances)
    .filter(({ state }) => state === 'crashed' || state === 'crash-looping')
  const [first] = crashed
  const names = crashed.map(({ process, ordinal }) => `${process}.${ordinal}`).join(', ')
  const box = first?.lastCrash ?? undefined
  const exit = box?.exitCode ?? first?.exitCode ?? null
  const end = box?.oomKilled === true ? sayEnd(box) : undefined
  const isLooping = first?.state === 'crash-looping'
  const what =
    names === ''
      ? t('Some of the app does not run.')
      : isLooping
        ? t('{names} is crash-looping', { names })
        : t('{names} crashed', { names })
  const title = end === undefined ? what : t('{what} and {end}', { what, end })
  return {
    tone: state === 'crashed' ? 'bad' : 'warn',
    title:
      exit === null || end !== undefined
        ? title
        : t('{title} with exit code {exit}.', { title, exit }),
    text:
      exit === KILLED || end !== undefined
        ? t(
            'It was killed, most likely for using more memory than its limit. Raise the limit under Processes.',
          )
        : t(
            'It ended too often to get visitors; it is tried again, later and later. The last lines of its log say why; push a fix, or restart it.',
          ),
    showsLog: true,
    verb: 'restart',
  }
}
