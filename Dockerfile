# archgen with what builds sites. It needs no network and runs as a user without rights:
#   docker build --tag archgen .
#   docker run --rm --network none --user "$(id -u):$(id -g)" --volume "$PWD:/project" archgen build
# The base is the image for all platforms that docker-library/repo-info on GitHub records in repos/python/remote/3.13-slim.md, with Python 3.13.14.
# For a newer one, take the digest from that page, or build with `--build-arg BASE=python:3.13-slim`.
ARG BASE=python:3.13-slim@sha256:9662417aace5ae7b8e2609cce472b72a8958e134ba372808abe9cc1a0c0125e6
FROM $BASE AS build
WORKDIR /source
COPY requirements/site.txt requirements/site.txt
RUN python -m venv /opt/archgen && /opt/archgen/bin/pip install --no-cache-dir --require-hashes -r requirements/site.txt
COPY pyproject.toml README.md LICENSE ./
COPY src src
COPY templates templates
COPY examples examples
RUN /opt/archgen/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM $BASE
# Git reads earlier versions of a model. Debian keeps only the newest version of a package, so a pinned one could not be installed later.
# hadolint ignore=DL3008
RUN apt-get update && apt-get install --yes --no-install-recommends git && rm -rf /var/lib/apt/lists/* \
 && git config --system --add safe.directory /project
COPY --from=build /opt/archgen /opt/archgen
ENV PATH=/opt/archgen/bin:$PATH HOME=/tmp PYTHONDONTWRITEBYTECODE=1
USER 10001
WORKDIR /project
ENTRYPOINT ["archgen"]
CMD ["--help"]
