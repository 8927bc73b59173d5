import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * A place for one build of the dashboard, shared by all test files of a run: the first that needs it
 * builds, and it is removed with the run.
 */
export function setup(): () => void {
  const place = mkdtempSync(join(tmpdir(), 'vastrox-dashboard-once-'))
  process.env['VASTROX_BUILT_ONCE'] = place
  return () => rmSync(place, { recursive: true, force: true })
}
