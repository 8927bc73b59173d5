import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { type ChangeRouteSettings, ShownRouteSettings } from '@vastrox/shared/route-settings.ts'
import { ShownTrustedProxies, type TrustedProxies } from '@vastrox/shared/trusted-proxies.ts'
import { api } from '#lib/api.ts'
import { t } from '#lib/words.ts'
import { toast } from '#ui/toast.tsx'

export const routingQuery = (app: string) =>
  queryOptions({
    queryKey: ['app', app, 'routing'],
    queryFn: ({ signal }) => api.get(`/apps/${app}/routing`, ShownRouteSettings, { signal }),
  })

/** Every change gives the whole back, as it is in force by then. */
function useSettingsMutation<Input>(
  app: string,
  mutationFn: (input: Input) => Promise<ShownRouteSettings>,
) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn,
    onSuccess: (settings) => {
      queryClient.setQueryData(routingQuery(app).queryKey, settings)
      toast.good(t('Saved.'), t('It is in force.'))
    },
    onError: toast.error,
  })
}

export const useChangeRouting = (app: string) =>
  useSettingsMutation(app, (change: ChangeRouteSettings) =>
    api.patch(`/apps/${app}/routing`, ShownRouteSettings, change),
  )

export const useSetUser = (app: string) =>
  useSettingsMutation(app, ({ user, password }: { user: string; password: string }) =>
    api.put(`/apps/${app}/basic-auth-users/${encodeURIComponent(user)}`, ShownRouteSettings, {
      password,
    }),
  )

export const useRemoveUser = (app: string) =>
  useSettingsMutation(app, (user: string) =>
    api.delete(`/apps/${app}/basic-auth-users/${encodeURIComponent(user)}`, ShownRouteSettings),
  )

export const trustedProxiesQuery = queryOptions({
  queryKey: ['trusted-proxies'],
  queryFn: ({ signal }) => api.get('/trusted-proxies', ShownTrustedProxies, { signal }),
})

export function useSetTrustedProxies() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (wish: TrustedProxies) => api.put('/trusted-proxies', ShownTrustedProxies, wish),
    onSuccess: (proxies) => {
      queryClient.setQueryData(trustedProxiesQuery.queryKey, proxies)
      toast.good(t('Saved.'), t('It is in force.'))
    },
    onError: toast.error,
  })
}
