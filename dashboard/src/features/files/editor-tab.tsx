import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { ArrowLeft, Download } from 'lucide-react'
import { useAppName } from '#features/app/use-app-name.ts'
import { FileEditor } from '#features/files/file-editor.tsx'
import { textFileQuery } from '#features/files/text-file.ts'
import { above } from '#features/uploads/paths.ts'
import { contentPath } from '#features/uploads/queries.ts'
import { useTitle } from '#lib/use-title.ts'
import { t } from '#lib/words.ts'
import { ExternalButton } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { ErrorNotice } from '#ui/notice.tsx'
import { Skeleton } from '#ui/skeleton.tsx'

const route = getRouteApi('/shell/apps/$name/files/edit')

/** One file of the app, to be looked at and changed. */
export function EditorTab() {
  const app = useAppName()
  const { path } = route.useSearch()
  const { data: file, error, refetch } = useQuery(textFileQuery(app, path))
  useTitle(`${path.split('/').at(-1) ?? ''} · ${app}`)

  return (
    <>
      <Link
        to="/apps/$name/files"
        params={{ name: app }}
        search={{ folder: above(path) }}
        className="mb-3 inline-flex items-center gap-1.5 text-sm text-muted hover:text-ink"
      >
        <ArrowLeft size={14} aria-hidden />
        {t('All files')}
      </Link>
      {error && !file && (
        <Card title={path}>
          <ErrorNotice error={error} onRetry={() => void refetch()} />
          <ExternalButton
            className="mt-4"
            href={`/api/v1${contentPath(app, path)}`}
            download={path.split('/').at(-1)}
            icon={<Download size={15} aria-hidden />}
          >
            {t('Download')}
          </ExternalButton>
        </Card>
      )}
      {!error && !file && (
        <Card title={path} flush>
          <output aria-label={t('Reading the file')} className="block space-y-2 p-5">
            {['w-2/5', 'w-3/5', 'w-1/2', 'w-1/3'].map((width) => (
              <Skeleton key={width} className={`h-3.5 ${width}`} />
            ))}
          </output>
        </Card>
      )}
      {/* Where it cannot be read again what was typed stays. */}
      {file && <FileEditor key={`${app} ${path}`} app={app} path={path} file={file} />}
    </>
  )
}
