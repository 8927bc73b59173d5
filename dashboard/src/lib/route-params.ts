import { AppName } from '@vastrox/shared/app.ts'

/** A path of this dashboard to return to; anything that could lead elsewhere is dropped. */
export const safeReturn = (to: unknown): string | undefined =>
  typeof to === 'string' && /^\/(?![/\\])/.test(to) && !to.startsWith('/sign-in') ? to : undefined

/** True for what can be an app's name, and so a part of a path. */
export const isAppName = (text: string): boolean => AppName.safeParse(text).success

/** True for the number of a deployment. */
export const isCount = (text: string): boolean => /^[1-9]\d{0,9}$/.test(text)
