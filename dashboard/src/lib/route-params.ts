import { AppName } from '@vastrox/shared/app.ts'

/** A path of this dashboard to return to; anything that could lead elsewhere is dropped. */
export const safeReturn = (to: unknown): string | undefined =>
  typeof to === 'string' && /^\/(?![/\\])/.test(to) && !to.startsWith('/sign-in') ? to : undefined

/** True for what can be an app's name, and so a part of a path. */
export const isAppName = (text: unknown): text is string => AppName.safeParse(text).success

/** True for what can be an add-on's name or kind. */
export const isAddonName = (text: unknown): text is string =>
  typeof text === 'string' && /^[a-z][a-z0-9-]{0,38}[a-z0-9]$/.test(text)

/** True for what can be an id of ours. */
export const isId = (text: string): boolean => /^[A-Za-z0-9_-]{1,64}$/.test(text)

/** True for the number of a deployment. */
export const isCount = (text: string): boolean => /^[1-9]\d{0,9}$/.test(text)

/** True for what can be the path of a file or folder of an app, from its root. */
export const isFilePath = (text: unknown): text is string =>
  typeof text === 'string' && text.startsWith('/') && text.length < 4_096 && !text.includes('\0')
