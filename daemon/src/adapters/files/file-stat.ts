import type { Stats } from 'node:fs'
import type { FileStat } from '#ports/file-tree.ts'

export const isRun = ({ mode }: Stats): boolean => (mode & 0o100) !== 0

export const toStat = (info: Stats): FileStat => ({
  kind: info.isDirectory() ? 'directory' : info.isSymbolicLink() ? 'symlink' : 'file',
  sizeBytes: info.size,
  mode: modeOf(info),
  modifiedAtS: Math.floor(info.mtimeMs / 1_000),
})

/** As an ordinary server would have it: what lies on the disk is for us alone. */
function modeOf(info: Stats): number {
  if (info.isSymbolicLink()) return 0o777
  return info.isDirectory() || isRun(info) ? 0o755 : 0o644
}
