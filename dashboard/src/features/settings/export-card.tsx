import { useMutation } from '@tanstack/react-query'
import { Download } from 'lucide-react'
import { api } from '#lib/api.ts'
import { saveText } from '#lib/save-text.ts'
import { rich, t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { DocsLink } from '#ui/docs-link.tsx'
import { toast } from '#ui/toast.tsx'

const TIMEOUT_MS = 60_000

/** Config as code: the settings of one app, or of everything, as a file to keep and to apply again. */
export function ExportCard({ app }: { app?: string }) {
  const name = app ?? 'vastrox'
  const exported = useMutation({
    mutationFn: async () => {
      const query = app === undefined ? '' : `?app=${encodeURIComponent(app)}`
      const reply = await api.raw('GET', `/config${query}`, undefined, { timeoutMs: TIMEOUT_MS })
      return reply.text()
    },
    onSuccess: (text) => {
      saveText(`${name}.yaml`, text, 'application/yaml')
      toast.good(t('{name}.yaml was saved.', { name }))
    },
    onError: toast.error,
  })
  return (
    <Card
      title={t('Config as code')}
      lead={
        app === undefined
          ? t('Every setting that you may see as one YAML file, without secrets and without data.')
          : t(
              'Every setting of this app, with the databases and env groups it uses, as one YAML file. Without secrets and without data.',
            )
      }
      aside={
        <Button
          icon={<Download size={15} aria-hidden />}
          busy={exported.isPending}
          onClick={() => exported.mutate()}
        >
          {t('Export')}
        </Button>
      }
    >
      <p className="text-sm text-muted">
        {rich(
          t(
            'On the server, or over SSH, {code} says what it would change and makes it so, here or on another Vastrox. <link>How it works</link>',
          ),
          { code: <code>vastrox apply {name}.yaml</code>, link: <DocsLink to="config-as-code" /> },
        )}
      </p>
    </Card>
  )
}
