import { addUser, installPackages } from '#agent/images/recipes/apt.ts'
import { defineRecipe } from '#agent/images/recipes/recipe.ts'

/**
 * nginx alone, for files that need no language. It runs unprivileged from its first moment: its logs
 * are the container's own, and what it keeps for a moment is the user's.
 */
export const staticFiles = defineRecipe({
  stack: 'static',
  title: 'nginx',
  versions: [
    { version: '1', suite: 'trixie' },
    { version: '1', suite: 'bookworm' },
  ],
  seconds: 10,
  dockerfile: ({ base }) =>
    [
      `FROM ${base} AS runtime`,
      installPackages(['nginx-light', 'libnginx-mod-http-brotli-static']),
      `RUN ${addUser('app')}` +
        ' && ln -sf /dev/stdout /var/log/nginx/access.log && ln -sf /dev/stderr /var/log/nginx/error.log' +
        ' && rm -rf /etc/nginx/sites-enabled/* /var/www/html' +
        ' && chown -R 1000:1000 /var/lib/nginx && nginx -v',
      'CMD ["nginx", "-g", "daemon off;"]',
      '',
      'FROM runtime AS build',
      '',
    ].join('\n'),
})
