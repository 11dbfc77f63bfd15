import { Button } from '@mantine/core';
import { useEffect, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { requestsToOwnSite, type NetworkRequest } from '../../src/index.ts';
import { ScrollRegion } from '../components/ScrollRegion.tsx';
import { useFormat } from '../copy/format.ts';
import { engine } from '../engine/engine-host.ts';
import classes from './Requests.module.css';
import { mergeRequests, purposeOf } from './requests.ts';

/** Every request of the page and of its engine: whither, what for, how large, when. */
export function Requests() {
  const { t } = useTranslation();
  const format = useFormat();
  const titleId = useId();
  const [requests, refresh] = useRequests();
  const network = requests.filter(({ kept }) => !kept);
  const elsewhere = requests.filter(({ url }) => purposeOf(url, document.baseURI) === 'elsewhere');
  return (
    <details className={classes.requests}>
      <summary id={titleId}>{t('help.requestsTitle')}</summary>
      <p className={classes.lead}>
        {requests.length === 0
          ? t('help.requestsNone')
          : t('help.requestsLead', {
              count: requests.length,
              bytes: format.bytes(network.reduce((sum, { bytes }) => sum + bytes, 0)),
              elsewhere: format.count(elsewhere.length),
            })}{' '}
        <Button variant="subtle" size="compact-sm" onClick={() => void refresh()}>
          {t('help.requestsRefresh')}
        </Button>
      </p>
      <ScrollRegion className={classes.scroll} labelledBy={titleId}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">{t('help.requestsTime')}</th>
              <th scope="col">{t('help.requestsAddress')}</th>
              <th scope="col">{t('help.requestsPurpose')}</th>
              <th scope="col">{t('help.requestsSize')}</th>
            </tr>
          </thead>
          <tbody>
            {requests.map((request) => (
              <RequestRow key={`${request.startedAtMs} ${request.url}`} request={request} />
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </details>
  );
}

function RequestRow({ request: { url, startedAtMs, bytes, kept } }: { readonly request: NetworkRequest }) {
  const { t } = useTranslation();
  const format = useFormat();
  const purpose = purposeOf(url, document.baseURI);
  const { host, pathname } = new URL(url);
  return (
    <tr>
      <td>{format.time(startedAtMs)}</td>
      <td className={classes.address} title={url}>
        {purpose === 'elsewhere' ? host + pathname : pathname}
      </td>
      <td>{t(`help.requestsPurposes.${purpose}`)}</td>
      <td>{kept ? t('help.requestsKept') : format.bytes(bytes)}</td>
    </tr>
  );
}

/** The records of both threads. Without an engine there is still what the page asked for. */
async function collect(): Promise<readonly NetworkRequest[]> {
  const ofEngine = await engine()
    .call('device.requests', {})
    .catch(() => []);
  return mergeRequests(requestsToOwnSite(), ofEngine);
}

function useRequests(): [readonly NetworkRequest[], () => Promise<void>] {
  const [requests, setRequests] = useState<readonly NetworkRequest[]>([]);
  useEffect(() => {
    void collect().then(setRequests);
  }, []);
  return [requests, () => collect().then(setRequests)];
}
