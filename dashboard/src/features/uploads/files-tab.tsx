import { useSuspenseQuery } from '@tanstack/react-query'
import { useAppName } from '#features/app/use-app-name.ts'
import { ConnectCard } from '#features/uploads/connect-card.tsx'
import { DifferenceCard } from '#features/uploads/difference-card.tsx'
import { FilesCard } from '#features/uploads/files-card.tsx'
import { uploadsQuery } from '#features/uploads/queries.ts'
import { useTitle } from '#lib/use-title.ts'

export function FilesTab() {
  const name = useAppName()
  const { data: uploads } = useSuspenseQuery(uploadsQuery(name))
  useTitle(`Files · ${name}`)
  return (
    <>
      <DifferenceCard app={name} uploads={uploads} />
      <div className="mt-6 first:mt-0">
        <FilesCard app={name} />
      </div>
      <ConnectCard app={name} uploads={uploads} />
    </>
  )
}
