import { useSuspenseQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useAppName } from '#features/app/use-app-name.ts'
import { ConnectCard } from '#features/uploads/connect-card.tsx'
import { DifferenceCard } from '#features/uploads/difference-card.tsx'
import { FilesCard } from '#features/uploads/files-card.tsx'
import { differenceQuery, filesQuery, uploadsQuery } from '#features/uploads/queries.ts'
import { useSending } from '#features/uploads/use-sending.ts'
import type { Load } from '#lib/load.ts'
import { isFilePath } from '#lib/route-params.ts'
import { useTitle } from '#lib/use-title.ts'
import { t } from '#lib/words.ts'

const route = getRouteApi('/shell/apps/$name/files')

export const load: Load = ({ read, isGlance, params: { name }, search: { folder } }) =>
  Promise.all([
    read(uploadsQuery(name)),
    !isGlance && read(differenceQuery(name)),
    read(filesQuery(name, isFilePath(folder) ? folder : '/')),
  ])

export function FilesTab() {
  const { folder = '/' } = route.useSearch()
  const name = useAppName()
  const { data: uploads } = useSuspenseQuery(uploadsQuery(name))
  const sends = useSending(name)
  useTitle(t('Files · {name}', { name }))
  return (
    <>
      <DifferenceCard app={name} uploads={uploads} />
      <div className="mt-6 first:mt-0">
        <FilesCard key={folder} app={name} folder={folder} sends={sends} />
      </div>
      <ConnectCard app={name} uploads={uploads} />
    </>
  )
}
