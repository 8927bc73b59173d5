import { addUser, installPackages } from '#agent/images/recipes/apt.ts'
import { printed } from '#agent/images/recipes/file.ts'
import { defineRecipe } from '#agent/images/recipes/recipe.ts'

/**
 * Java reads no PEM: this makes a store of one. `keytool` would be started once for each authority
 * (140 times 0.4 s); this takes half a second.
 */
const TRUSTSTORE = [
  'import java.io.*;import java.security.*;import java.security.cert.Certificate;import java.security.cert.CertificateFactory;',
  'public class Truststore{public static void main(String[] a)throws Exception{',
  'KeyStore s=KeyStore.getInstance("PKCS12");s.load(null,null);int n=0;',
  'try(InputStream i=new FileInputStream(a[0])){',
  'for(Certificate c:CertificateFactory.getInstance("X.509").generateCertificates(i))s.setCertificateEntry("ca"+n++,c);}',
  'try(OutputStream o=new FileOutputStream(a[1])){s.store(o,"changeit".toCharArray());}}}',
]

/**
 * Runs a build tool with the authorities and the proxy of the host, as JAVA_TOOL_OPTIONS, which reach
 * every Java that the tool starts. The store is kept in the cache mount of the app.
 */
const WITH_HOST = [
  '#!/bin/sh',
  'pem=/run/vastrox/ca.pem',
  'options=',
  'if [ -s "$pem" ]; then',
  '  export SSL_CERT_FILE="$pem" CURL_CA_BUNDLE="$pem" NODE_EXTRA_CA_CERTS="$pem"',
  '  store="${VASTROX_CACHE:-/tmp}/vastrox-ca-$(sha256sum "$pem" | cut -c1-16).p12"',
  '  if [ ! -s "$store" ]; then',
  '    mkdir -p "${store%/*}"',
  '    java -cp /usr/local/lib/vastrox Truststore "$pem" "$store.$$" && mv "$store.$$" "$store"',
  '  fi',
  '  options="-Djavax.net.ssl.trustStore=$store -Djavax.net.ssl.trustStoreType=PKCS12 -Djavax.net.ssl.trustStorePassword=changeit"',
  'fi',
  'proxy=${https_proxy:-${HTTPS_PROXY:-${http_proxy:-$HTTP_PROXY}}}',
  'if [ -n "$proxy" ]; then',
  '  place=${proxy#*://}; place=${place%%/*}; host=${place%:*}; port=${place##*:}',
  '  test "$port" != "$place" || port=80',
  '  none=$(printf %s "${no_proxy:-$NO_PROXY}" | sed -e "s/,/|/g" -e "s/[|]\\\\./|*./g" -e "s/^\\\\./*./")',
  '  for kind in http https; do options="$options -D$kind.proxyHost=$host -D$kind.proxyPort=$port"; done',
  '  options="$options -Dhttp.nonProxyHosts=localhost|127.*${none:+|$none} -Daether.connector.http.useSystemProperties=true"',
  'fi',
  'test -z "$options" || export JAVA_TOOL_OPTIONS="$options $JAVA_TOOL_OPTIONS"',
  'exec "$@"',
]

/** OpenJDK and Maven of the distribution. Gradle comes by the wrapper of the project (its own is from 2018). */
export const java = defineRecipe({
  stack: 'java',
  title: 'Java',
  versions: [
    { version: '21', suite: 'trixie' },
    { version: '25', suite: 'trixie' },
    { version: '17', suite: 'bookworm' },
    { version: '11', suite: 'bullseye' },
  ],
  seconds: 60,
  dockerfile: ({ base, version }) =>
    [
      `FROM ${base} AS runtime`,
      MANUAL_FOLDER,
      `${installPackages([`openjdk-${version}-jre-headless`, 'fontconfig', 'fonts-dejavu-core'])} && ${LESS}`,
      `RUN ${addUser('app')} && ${HOME_OF_JAVA}`,
      'ENV JAVA_HOME=/opt/java',
      '',
      `FROM ${base} AS build`,
      MANUAL_FOLDER,
      installPackages([
        `openjdk-${version}-jdk-headless`,
        'maven',
        'git',
        'curl',
        'unzip',
        'openssh-client',
      ]),
      `RUN ${HOME_OF_JAVA} && mkdir /usr/local/lib/vastrox` +
        ` && ${printed(TRUSTSTORE, '/usr/local/lib/vastrox/Truststore.java')}` +
        ' && javac /usr/local/lib/vastrox/Truststore.java' +
        ` && ${printed(WITH_HOST, '/usr/local/bin/vastrox-java')} && chmod 0755 /usr/local/bin/vastrox-java && mvn --version`,
      'ENV JAVA_HOME=/opt/java',
      '',
    ].join('\n'),
})

/** The package links manual pages there, and fails where the folder is missing. */
const MANUAL_FOLDER = 'RUN mkdir -p /usr/share/man/man1'

/** Class archives for heaps beyond 32 GB and for headers that are off by default: 47 MB. */
const LESS = 'rm -f /usr/lib/jvm/*/lib/server/classes_*.jsa'

const HOME_OF_JAVA =
  'ln -s "$(dirname "$(dirname "$(readlink -f /usr/bin/java)")")" /opt/java && java -version'
