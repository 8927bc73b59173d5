import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type FenceEngine,
  PARENT,
  ROOT,
  STEPS_FOLDER,
  STEPS_PREFIX,
} from '#agent/builds/fence-places.ts'
import { readText } from '#agent/node/cgroups.ts'

/** Takes the processor away from every build of the machine, or gives it back; memory stays as it is. */
export interface Freezer {
  /** False where the kernel has no freezer for them. */
  freeze(): Promise<boolean>
  thaw(): Promise<void>
}

export function createFreezer(engine: FenceEngine, root = ROOT): Freezer {
  const set = async (frozen: boolean): Promise<boolean> => {
    const files = await stateFiles(engine, root)
    const value = valueOf(engine, frozen)
    const done = await Promise.all(files.map((file) => write(file, value)))
    return done.some(Boolean)
  }
  return {
    freeze: () => set(true),
    async thaw() {
      await set(false)
    },
  }
}

const isUnified = ({ cgroupVersion }: FenceEngine): boolean => cgroupVersion === '2'

const valueOf = (engine: FenceEngine, frozen: boolean): string => {
  if (isUnified(engine)) return frozen ? '1' : '0'
  return frozen ? 'FROZEN' : 'THAWED'
}

/** With the systemd driver a file for every step, else one for all. */
export async function stateFiles(engine: FenceEngine, root: string): Promise<string[]> {
  const [base, file] = isUnified(engine)
    ? [root, 'cgroup.freeze']
    : [join(root, 'freezer'), 'freezer.state']
  if (engine.cgroupDriver !== 'systemd') return [join(base, PARENT, file)]
  const names = await readdir(join(base, STEPS_FOLDER)).catch(() => [])
  return names
    .filter((name) => name.startsWith(STEPS_PREFIX))
    .map((name) => join(base, STEPS_FOLDER, name, file))
}

/** A step may have ended; what is so already is not written again. */
async function write(file: string, value: string): Promise<boolean> {
  const now = (await readText(file)).trim()
  if (now === '') return false
  if (now === value || (value === 'FROZEN' && now === 'FREEZING')) return true
  return writeFile(file, value).then(
    () => true,
    () => false,
  )
}
