import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { AppDisk, type ChangeAppDisk } from '@vastrox/shared/disk-use.ts'
import { api } from '#lib/api.ts'
import { itemsOf } from '#lib/list-of.ts'

const diskList = itemsOf(AppDisk)

/** Of all apps, who takes the most first. */
export const diskUseQuery = queryOptions({
  queryKey: ['disk-use'],
  queryFn: ({ signal }) => api.get('/disk-use', diskList, { signal }),
  refetchInterval: 30_000,
})

export const appDiskQuery = (app: string) =>
  queryOptions({
    queryKey: ['app', app, 'disk'],
    queryFn: ({ signal }) => api.get(`/apps/${app}/disk`, AppDisk, { signal }),
    refetchInterval: 15_000,
  })

export function useChangeAllowance(app: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (input: ChangeAppDisk) => api.patch(`/apps/${app}/disk`, AppDisk, input),
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: diskUseQuery.queryKey }),
        client.invalidateQueries({ queryKey: appDiskQuery(app).queryKey }),
      ]),
  })
}
