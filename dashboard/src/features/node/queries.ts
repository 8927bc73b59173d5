import { queryOptions } from '@tanstack/react-query'
import { Node } from '@vastrox/shared/node.ts'
import { Health } from '#features/node/health.ts'
import { api } from '#lib/api.ts'
import { itemsOf } from '#lib/list-of.ts'

const nodeList = itemsOf(Node)

export const nodesQuery = queryOptions({
  queryKey: ['nodes'],
  queryFn: ({ signal }) => api.get('/nodes', nodeList, { signal }),
  refetchInterval: 15_000,
})

export const healthQuery = queryOptions({
  queryKey: ['health'],
  queryFn: ({ signal }) => api.get('/health', Health, { signal }),
  refetchInterval: 30_000,
})
