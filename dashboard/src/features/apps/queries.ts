import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { App, type CreateApp } from '@vastrox/shared/app.ts'
import { api } from '#lib/api.ts'
import { itemsOf } from '#lib/list-of.ts'

const appList = itemsOf(App)

export const appsQuery = queryOptions({
  queryKey: ['app-list'],
  queryFn: ({ signal }) => api.get('/apps?limit=200', appList, { signal }),
})

export const appQuery = (name: string) =>
  queryOptions({
    queryKey: ['app', name, 'detail'],
    queryFn: ({ signal }) => api.get(`/apps/${name}`, App, { signal }),
  })

export function useCreateApp() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (input: CreateApp) => api.post('/apps', App, input),
    onSuccess: (app) => {
      queryClient.setQueryData(appQuery(app.name).queryKey, app)
      return queryClient.invalidateQueries({ queryKey: appsQuery.queryKey })
    },
  })
}
