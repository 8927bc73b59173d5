import type { App } from '@vastrox/shared/app.ts'
import type { AuditEvent } from '@vastrox/shared/audit-event.ts'
import type { DeploymentState } from '@vastrox/shared/deployment.ts'
import { t } from '#lib/words.ts'
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
  queued: { word: t('waits to be built'), tone: 'busy' },
  building: { word: t('is being built'), tone: 'busy' },
  releasing: { word: t('is being released'), tone: 'busy' },
  starting: { word: t('is starting'), tone: 'busy' },
  checking: { word: t('is being checked'), tone: 'busy' },
  switching: { word: t('takes over'), tone: 'busy' },
  watching: { word: t('went live and is watched'), tone: 'good' },
  live: { word: t('went live'), tone: 'good' },
  superseded: { word: t('was live'), tone: 'idle' },
  reverted: { word: t('was taken back'), tone: 'bad' },
  failed: { word: t('failed'), tone: 'bad' },
  cancelled: { word: t('was cancelled'), tone: 'idle' },
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
  accept: t('accepted'),
  acknowledge: t('looks after'),
  add: t('added'),
  apply: t('changed'),
  attach: t('attached'),
  cancel: t('cancelled'),
  change: t('changed'),
  check: t('checked'),
  clean: t('cleaned up'),
  confirm: t('confirmed'),
  connect: t('connected'),
  create: t('created'),
  destroy: t('destroyed'),
  detach: t('detached'),
  disconnect: t('disconnected'),
  download: t('downloaded'),
  keep: t('changed how long are kept:'),
  lift: t('lifted'),
  link: t('linked'),
  move: t('moved'),
  prove: t('proved'),
  purge: t('purged'),
  remove: t('removed'),
  rename: t('renamed'),
  renew: t('renewed'),
  replace: t('replaced'),
  request: t('asked for'),
  restore: t('restored'),
  reveal: t('looked at the secret of'),
  revoke: t('revoked'),
  rotate: t('renewed the secret of'),
  run: t('ran'),
  save: t('saved'),
  set: t('set'),
  silence: t('silenced'),
  sleep: t('put to sleep'),
  start: t('started'),
  stop: t('stopped'),
  test: t('tested'),
  update: t('changed'),
  upload: t('uploaded'),
  wake: t('woke'),
}
/** Said better without their noun. */
const WHOLE: Record<string, string> = {
  'session.sign-in': t('signed in'),
  'ssh.sign-in': t('signed in over SSH'),
  'ftp.sign-in': t('signed in over FTPS'),
  'firewall.apply': t('changed the firewall'),
  'user.set-password': t('set a password'),
  'sign-in-link.create': 'made a sign-in link',
}

/** "created add-on shop-db". */
export function sayAct({ action, target, result }: AuditEvent): string {
  const what = WHOLE[action] ?? sayVerb(action, isName(target) ? target : '')
  if (result === 'denied') return t('{what} (refused)', { what })
  return result === 'failed' ? t('{what} (failed)', { what }) : what
}

function sayVerb(action: string, name: string): string {
  const [noun = '', verb = ''] = action.split('.')
  const past = PAST[verb]
  if (past === undefined) return `${action} ${name}`.trim()
  const subject = noun === 'addon' ? 'add-on' : noun.replaceAll('-', ' ')
  return t('{past} {subject} {name}', { past, subject, name }).trim()
}

/** An id tells nobody anything. */
const isName = (target: string): boolean => target !== '' && !/^[0-9a-z]{20,}$/.test(target)
