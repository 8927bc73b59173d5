import { queryOptions, useMutation } from '@tanstack/react-query'
import { ChangedProcess, type ChangeProcess, Process, type Scale } from '@vastrox/shared/process.ts'
import { api } from '#lib/api.ts'
import { ignored, itemsOf } from '#lib/list-of.ts'

const processList = itemsOf(Process)

export const processesQuery = (app: string) =>
  queryOptions({
    queryKey: ['app', app, 'processes'],
    queryFn: ({ signal }) => api.get(`/apps/${app}/processes`, processList, { signal }),
    // Memory and CPU change without an event.
    refetchInterval: 10_000,
  })

export const useScale = (app: string) =>
  useMutation({ mutationFn: (scale: Scale) => api.patch(`/apps/${app}/processes`, ignored, scale) })

interface Change {
  process: string
  change: ChangeProcess
}

export const useChangeProcess = (app: string) =>
  useMutation({
    mutationFn: ({ process, change }: Change) =>
      api.patch(`/apps/${app}/processes/${process}`, ChangedProcess, change),
  })
