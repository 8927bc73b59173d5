import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { TrashItem } from '@vastrox/shared/trash.ts'
import { api } from '#lib/api.ts'
import { ignored, itemsOf } from '#lib/list-of.ts'

const list = itemsOf(TrashItem)

export const wholeTrashQuery = queryOptions({
  queryKey: ['trash'],
  queryFn: ({ signal }) => api.get('/trash', list, { signal }),
})

const PLACE: Record<TrashItem['kind'], string> = {
  app: '/destroyed-apps',
  volume: '/destroyed-volumes',
  addon: '/destroyed-addons',
}

/** An app in the trash is named by its name, as it was; everything else by its id. */
const restorePath = ({ kind, id, name }: TrashItem): string =>
  `${PLACE[kind]}/${kind === 'app' ? name : id}/restore`

/** Everything that lists what is there, or is not. */
function useRefresh() {
  const client = useQueryClient()
  return () => client.invalidateQueries()
}

export const useRestore = () =>
  useMutation({
    mutationFn: (item: TrashItem) => api.post(restorePath(item), ignored, {}),
    onSettled: useRefresh(),
  })

export const usePurge = () =>
  useMutation({
    mutationFn: ({ kind, id, name }: TrashItem) =>
      api.delete(`${PLACE[kind]}/${id}`, ignored, { confirm: name }),
    onSettled: useRefresh(),
  })
