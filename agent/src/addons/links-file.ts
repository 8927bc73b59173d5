import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** Which app reaches which add-on, in `<data>/agent/addons`. */
export const linksFileOf = (addonsDir: string): string => join(addonsDir, 'links.json')

/** Whether any add-on was ever linked here; without one nothing of it is loaded. */
export const hasLinks = (addonsDir: string): boolean => existsSync(linksFileOf(addonsDir))
