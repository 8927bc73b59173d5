import { Deployment } from '@vastrox/shared/deployment.ts'
import type { DroppedFile } from '#features/uploads/dropped-files.ts'
import { isArchive } from '#features/uploads/paths.ts'
import { type Sending, sendArchive, sendFiles } from '#features/uploads/send-files.ts'
import { api } from '#lib/api.ts'

interface Options {
  signal: AbortSignal
  onProgress: (sending: Sending) => void
}

/** What nobody means to deploy, and is often the most of a folder. */
const LEFT_OUT = /(^|\/)(node_modules|\.git|\.DS_Store|__MACOSX)(\/|$)/

/** Whether a path of a folder that becomes an app is taken along. */
export const isOfApp = (path: string): boolean => !LEFT_OUT.test(path)

/** Without the one folder that all of them are in, and without what is made again by the build. */
export function filesOfApp(files: readonly DroppedFile[]): DroppedFile[] {
  const kept = files.filter(({ path }) => isOfApp(path))
  const [top] = kept[0]?.path.split('/') ?? []
  const isOneFolder =
    top !== undefined && kept.every(({ path }) => path.startsWith(`${top}/`) && path !== `${top}/`)
  return isOneFolder
    ? kept.map(({ path, file }) => ({ path: path.slice(top.length + 1), file }))
    : kept
}

/** Sends a folder, files or an archive to an app that has just been made, and deploys it. */
export async function uploadApp(
  app: string,
  dropped: readonly DroppedFile[],
  options: Options,
): Promise<void> {
  const [only] = dropped
  if (dropped.length === 1 && only && isArchive(only.path))
    return sendArchive(app, only.file, options)
  await sendFiles(app, '/', filesOfApp(dropped), options)
  await api.post(`/apps/${app}/sources/publish`, Deployment, { incomplete: false })
}
