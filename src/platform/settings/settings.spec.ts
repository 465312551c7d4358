import { readSettings } from './settings.js';

const CLUSTER = {
  VINCULUM_PROFILE: 'cluster', DATABASE_URL: 'postgresql://u:p@db/v', REDIS_URL: 'redis://r',
  OIDC_ISSUER: 'https://id.example',
};

describe('settings', () => {
  it('default to one embedded process on loopback, data beside the working directory', () => {
    expect(readSettings({}, '/srv/vinculum')).toMatchObject({
      profile: 'embedded', home: '/srv/vinculum/.vinculum', keys: '/srv/vinculum/.vinculum/keys', host: '127.0.0.1', port: 3000,
      databaseUrl: undefined, redisUrl: undefined, oidcIssuer: undefined, oidcAudience: 'vinculum',
      uploadExpiryHours: 72,
    });
  });

  it('take a cluster\'s database, queue and issuer, and listen on all interfaces', () => {
    expect(readSettings({ ...CLUSTER, VINCULUM_PORT: '0', VINCULUM_KEYS: '/keys' }, '/srv/vinculum')).toMatchObject({
      profile: 'cluster', host: '0.0.0.0', port: 0, keys: '/keys', oidcIssuer: 'https://id.example',
    });
  });

  it.each([
    [{ VINCULUM_PROFILE: 'cloud' }, /VINCULUM_PROFILE/], [{ VINCULUM_PORT: '70000' }, /VINCULUM_PORT/],
    [{ VINCULUM_PORT: '3e3' }, /VINCULUM_PORT/], [{ VINCULUM_PORT: '-1' }, /VINCULUM_PORT/],
    [{ VINCULUM_PROFILE: 'cluster' }, /DATABASE_URL.*REDIS_URL.*OIDC_ISSUER/],
    [{ VINCULUM_UPLOAD_EXPIRY_HOURS: '0' }, /UPLOAD_EXPIRY/], [{ VINCULUM_UPLOAD_EXPIRY_HOURS: '1.5' }, /1 to 8760/],
    [{ ...CLUSTER, OIDC_ISSUER: '' }, /OIDC_ISSUER is needed/],
    // Somebody thinks that tokens of this issuer are asked for, while development identities are trusted.
    [{ OIDC_ISSUER: 'https://id.example' }, /development identities/],
  ])('refuse %j', (environment, named) => {
    expect(() => readSettings(environment, '/srv/vinculum')).toThrow(named);
  });
});
