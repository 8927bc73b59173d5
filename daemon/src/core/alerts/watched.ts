import type { AlertSubject } from '@vastrox/shared/alert.ts'
import type { AddonStore } from '#store/addon-store.ts'
import type { AppStore } from '#store/app-store.ts'

/** Whose a series is. */
export interface Watched {
  teamId: string
  appId: string | null
  subject: AlertSubject
  /** As it is called at the head of a sentence. */
  name: string
  /** Its page in the dashboard. */
  link: string
}

interface Deps {
  apps: Pick<AppStore, 'findByIdForPlatform'>
  addons: Pick<AddonStore, 'findForPlatform'>
  /** They see what is of the machine. */
  operators: () => string
  /** Of an uptime check. */
  checkOf: (id: string) => { teamId: string; appId: string | null; name: string } | undefined
}

/** Who is told of a series, and where its page is; undefined for what is gone or stopped on purpose. */
export function createWatched({ apps, addons, operators, checkOf }: Deps) {
  /** `instance`: `web.1`; undefined for the app as a whole. */
  function ofApp(appId: string, instance?: string): Watched | undefined {
    const app = apps.findByIdForPlatform(appId)
    if (!app || app.destroyedAt !== null || !app.wanted) return undefined
    const { teamId } = app
    const name = instance === undefined ? app.name : `${app.name} ${instance}`
    const subject = { kind: 'app', id: appId, name } as const
    return { teamId, appId, subject, name, link: `/apps/${app.name}` }
  }

  return {
    ofApp,

    /** By the subject of a series: `edge:<appId>`, `disk:local/data`. */
    of(series: string): Watched | undefined {
      const [kind, rest = ''] = splitOnce(series, ':')
      const [id, part] = splitOnce(rest, '/')
      const ofPlatform = () => ({ teamId: operators(), appId: null })
      switch (kind) {
        case 'app':
          return ofApp(id, part)
        case 'edge':
          return part === undefined ? ofApp(id) : undefined
        case 'node': {
          const subject = { kind: 'node', id, name: id } as const
          return { ...ofPlatform(), subject, name: `The server ${id}`, link: '/node' }
        }
        case 'disk': {
          const name = part === 'images' ? 'The disk of the images' : 'The disk'
          const subject = { kind: 'disk', id: rest, name: `${name} of ${id}` } as const
          return { ...ofPlatform(), subject, name: `${name} of ${id}`, link: '/disk' }
        }
        case 'platform': {
          const subject = { kind: 'platform', id: '', name: id } as const
          return { ...ofPlatform(), subject, name: `Vastrox's ${id}`, link: '/node' }
        }
        case 'addon': {
          const addon = addons.findForPlatform(id)
          if (!addon || addon.destroyedAt !== null) return undefined
          const { name, teamId } = addon
          const subject = { kind: 'addon', id, name } as const
          return { teamId, appId: null, subject, name, link: `/addons/${name}` }
        }
        case 'uptime': {
          const check = checkOf(id)
          if (!check) return undefined
          const { name } = check
          const subject = { kind: 'uptime', id, name } as const
          return { ...check, subject, name, link: '/uptime' }
        }
        default:
          return undefined
      }
    },
  }
}
export type WatchedSubjects = ReturnType<typeof createWatched>

function splitOnce(text: string, by: string): [string, string?] {
  const at = text.indexOf(by)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}
