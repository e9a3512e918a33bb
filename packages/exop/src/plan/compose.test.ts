import { describe, expect, it } from 'vitest';
import { hardening, renderCompose } from './compose.ts';
import { toYaml } from './yaml.ts';

const service = {
  name: 'excs',
  image: 'ex-engage-connector/excs:1.0.0',
  environment: { SYNC_FOLDER: `it's "$HOME" \${X} # no: comment`, TENANT_ID: '101' },
  secrets: ['REDIS_URL'],
  files: ['REDIS_CA_FILE', 'CONFIG_DB_CA'],
  port: 3640,
  publishAddress: '10.0.0.11',
};

describe('the compose file', () => {
  it('is this, line by line', () => {
    expect(
      renderCompose([service]),
    ).toBe(`# Written by the bootstrap; changes by hand are undone by the next run.
services:
  excs:
    image: "ex-engage-connector/excs:1.0.0"
    user: "65532:65532"
    read_only: true
    tmpfs:
      - "/tmp:rw,noexec,nosuid,nodev,size=16m"
    cap_drop:
      - "ALL"
    security_opt:
      - "no-new-privileges:true"
    mem_limit: "512m"
    memswap_limit: "512m"
    ulimits:
      core: 0
    pids_limit: 100
    restart: "unless-stopped"
    stop_grace_period: "15s"
    logging:
      driver: "json-file"
      options:
        max-size: "20m"
        max-file: "5"
    healthcheck:
      interval: "30s"
      timeout: "5s"
      retries: 3
      start_period: "30s"
    ports:
      - "10.0.0.11:3640:3640"
    environment:
      REDIS_CA_FILE: "/run/secrets/redis_ca_file"
      REDIS_URL_FILE: "/run/secrets/redis_url"
      SYNC_FOLDER: "it's \\"$$HOME\\" $\${X} # no: comment"
      TENANT_ID: "101"
    secrets:
      - "config_db_ca"
      - "redis_ca_file"
      - "redis_url"
secrets:
  config_db_ca:
    file: "./secrets/config_db_ca"
  redis_ca_file:
    file: "./secrets/redis_ca_file"
  redis_url:
    file: "./secrets/redis_url"
`);
  });

  it('has all services of a file that people start by profile', () => {
    const text = renderCompose(
      [
        { ...service, profiles: ['excs'], envFile: './excs.env' },
        { ...service, name: 'exas', port: 3630, publishAddress: '::1', secrets: ['API_TOKEN'], files: [] },
      ],
      { secretsFolder: './docker/secrets' },
    );
    expect(text).toContain('    profiles:\n      - "excs"\n');
    expect(text).toContain('    env_file:\n      - "./excs.env"\n');
    expect(text).toContain('      - "[::1]:3630:3630"\n');
    expect(text).toContain('    file: "./docker/secrets/api_token"\n');
    expect(text.match(/read_only: true/g)).toHaveLength(2);
  });

  it('hardens every container', () => {
    expect(hardening).toMatchObject({
      user: '65532:65532',
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      mem_limit: '512m',
      pids_limit: 100,
      stop_grace_period: '15s',
    });
  });
});

it('YAML has no bare text that could be read as something else', () => {
  expect(toYaml({ a: 'yes', b: 'null', c: '1e3', 'odd key:': [], d: {}, e: ['x\ny'], f: false })).toBe(
    '\na: "yes"\nb: "null"\nc: "1e3"\n"odd key:": []\nd: {}\ne:\n  - "x\\ny"\nf: false\n',
  );
});
