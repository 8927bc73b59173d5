import { Readable } from 'node:stream'
import type { RemoteFiles, RemoteFolder } from '#ports/remote-files.ts'
import { tarOf } from './sources.ts'

/** A folder elsewhere, in memory. */
export function createFakeRemoteFiles() {
  const pulled: { remote: RemoteFolder; full: boolean }[] = []
  let files: Record<string, string> = {}
  let problem: Error | undefined
  const remote: RemoteFiles = {
    async pull(folder, { full }) {
      pulled.push({ remote: folder, full })
      if (problem) throw problem
      const count = Object.keys(files).length
      return {
        hostKey: 'ssh-ed25519 AAAA',
        digest: JSON.stringify(files),
        summary: {
          files: count,
          sizeBytes: 0,
          fetchedFiles: count,
          fetchedBytes: 0,
          removedFiles: 0,
          skipped: [],
        },
      }
    },
    pack: async () => Readable.from([await tarOf(files)]),
    forget: async () => {},
  }
  return {
    ...remote,
    pulled,
    hold: (wanted: Record<string, string>): void => {
      files = wanted
    },
    fail: (error: Error | undefined): void => {
      problem = error
    },
  }
}
