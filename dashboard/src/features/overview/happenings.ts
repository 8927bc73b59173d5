import type { App } from '@vastrox/shared/app.ts'
import type { AuditEvent } from '@vastrox/shared/audit-event.ts'
import type { DeploymentState } from '@vastrox/shared/deployment.ts'
import type { Tone } from '#ui/tone.ts'

/** One line of what happened: who or what, did what, with the page where there is more. */
export interface Happening {
  key: string
  at: string
  who: string
  what: string
  tone: Tone
  app: string | undefined
  deployment: number | undefined
}

/** Told of elsewhere on the page, or too often to be news. */
const NO_NEWS = new Set(['deployment.request', 'token.use', 'session.prove', 'audit.export'])

const DEPLOYMENT: Record<DeploymentState, { word: string; tone: Tone }> = {
  queued: { word: 'waits to be built', tone: 'busy' },
  building: { word: 'is being built', tone: 'busy' },
  releasing: { word: 'is being released', tone: 'busy' },
  starting: { word: 'is starting', tone: 'busy' },
  checking: { word: 'is being checked', tone: 'busy' },
  switching: { word: 'takes over', tone: 'busy' },
  watching: { word: 'went live and is watched', tone: 'good' },
  live: { word: 'went live', tone: 'good' },
  superseded: { word: 'was live', tone: 'idle' },
  reverted: { word: 'was taken back', tone: 'bad' },
  failed: { word: 'failed', tone: 'bad' },
  cancelled: { word: 'was cancelled', tone: 'idle' },
}

/** The newest of all that is known, newest first, each thing once. */
export function happeningsOf(
  apps: readonly App[],
  events: readonly AuditEvent[],
  most: number,
): Happening[] {
  const told = [
    ...apps.flatMap(({ name, lastDeployment }): Happening[] => {
      if (!lastDeployment) return []
      const { number, state, title, at } = lastDeployment
      const { word, tone } = DEPLOYMENT[state]
      return [
        {
          key: `deployment ${name} ${number}`,
          at,
          who: name,
          what: `#${number} ${word}: ${title}`,
          tone,
          app: name,
          deployment: number,
        },
      ]
    }),
    ...events.filter(({ action }) => !NO_NEWS.has(action)).map(ofEvent),
  ]
  return told.toSorted((a, b) => b.at.localeCompare(a.at)).slice(0, most)
}

const ofEvent = (event: AuditEvent): Happening => ({
  key: `event ${event.id}`,
  at: event.at,
  who: event.actor,
  what: sayAct(event),
  tone: event.result === 'ok' ? 'idle' : event.result === 'denied' ? 'warn' : 'bad',
  app: undefined,
  deployment: undefined,
})

/** How a verb of the audit log is said of the past; one that is not here stands as it is. */
const PAST: Record<string, string> = {
  accept: 'accepted',
  acknowledge: 'looks after',
  add: 'added',
  apply: 'changed',
  attach: 'attached',
  cancel: 'cancelled',
  change: 'changed',
  check: 'checked',
  clean: 'cleaned up',
  confirm: 'confirmed',
  connect: 'connected',
  create: 'created',
  destroy: 'destroyed',
  detach: 'detached',
  disconnect: 'disconnected',
  download: 'downloaded',
  keep: 'changed how long are kept:',
  lift: 'lifted',
  link: 'linked',
  move: 'moved',
  prove: 'proved',
  purge: 'purged',
  remove: 'removed',
  rename: 'renamed',
  renew: 'renewed',
  replace: 'replaced',
  request: 'asked for',
  restore: 'restored',
  reveal: 'looked at the secret of',
  revoke: 'revoked',
  rotate: 'renewed the secret of',
  run: 'ran',
  save: 'saved',
  set: 'set',
  silence: 'silenced',
  sleep: 'put to sleep',
  start: 'started',
  stop: 'stopped',
  test: 'tested',
  update: 'changed',
  upload: 'uploaded',
  wake: 'woke',
}
/** Said better without their noun. */
const WHOLE: Record<string, string> = {
  'session.sign-in': 'signed in',
  'ssh.sign-in': 'signed in over SSH',
  'ftp.sign-in': 'signed in over FTPS',
  'firewall.apply': 'changed the firewall',
  'user.set-password': 'set a password',
  'sign-in-link.create': 'made a sign-in link',
}
const REFUSED = { ok: '', denied: ' (refused)', failed: ' (failed)' }

/** "created add-on shop-db". */
export function sayAct({ action, target, result }: AuditEvent): string {
  const whole = WHOLE[action]
  if (whole !== undefined) return whole + REFUSED[result]
  const [noun = '', verb = ''] = action.split('.')
  const past = PAST[verb]
  const what =
    past === undefined
      ? action
      : `${past} ${noun === 'addon' ? 'add-on' : noun.replaceAll('-', ' ')}`
  return `${what}${isName(target) ? ` ${target}` : ''}${REFUSED[result]}`
}

/** An id tells nobody anything. */
const isName = (target: string): boolean => target !== '' && !/^[0-9a-z]{20,}$/.test(target)
